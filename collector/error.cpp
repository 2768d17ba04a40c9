#include "collector/error.hpp"

namespace desirepath::collector {

const char* to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::bad_request: return "bad_request";
    case ErrorCode::not_json: return "not_json";
    case ErrorCode::too_large: return "too_large";
    case ErrorCode::unauthorized: return "unauthorized";
    case ErrorCode::forbidden: return "forbidden";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::method_not_allowed: return "method_not_allowed";
    case ErrorCode::rate_limited: return "rate_limited";
    case ErrorCode::not_durable: return "not_durable";
    case ErrorCode::behind: return "behind";
    case ErrorCode::bad_configuration: return "bad_configuration";
    case ErrorCode::bad_journey: return "bad_journey";
    case ErrorCode::bad_file: return "bad_file";
    case ErrorCode::storage: return "storage";
    case ErrorCode::io: return "io";
  }
  return "storage";
}

}  // namespace desirepath::collector
