#include "collector/ingest/reject_code.hpp"

namespace desirepath::collector {

const char* to_string(RejectCode code) noexcept {
  switch (code) {
    case RejectCode::not_json: return "not_json";
    case RejectCode::not_an_object: return "not_an_object";
    case RejectCode::too_large: return "too_large";
    case RejectCode::too_deep: return "too_deep";
    case RejectCode::bad_type: return "bad_type";
    case RejectCode::bad_event_name: return "bad_event_name";
    case RejectCode::bad_id: return "bad_id";
    case RejectCode::missing_id: return "missing_id";
    case RejectCode::bad_message_id: return "bad_message_id";
    case RejectCode::bad_timestamp: return "bad_timestamp";
    case RejectCode::bad_member: return "bad_member";
    case RejectCode::bot: return "bot";
    case RejectCode::plan: return "plan";
    case RejectCode::erased: return "erased";
    case RejectCode::expired: return "expired";
    case RejectCode::consent: return "consent";
    case RejectCode::bad_receipt: return "bad_receipt";
  }
  return "not_json";
}

}  // namespace desirepath::collector
