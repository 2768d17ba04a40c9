#include "collector/http/answers.hpp"

#include "collector/ingest/tagged_json.hpp"

namespace desirepath::collector {

int status_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::bad_request:
    case ErrorCode::not_json: return 400;
    case ErrorCode::unauthorized: return 401;
    case ErrorCode::forbidden: return 403;
    case ErrorCode::not_found: return 404;
    case ErrorCode::method_not_allowed: return 405;
    case ErrorCode::too_large: return 413;
    case ErrorCode::rate_limited: return 429;
    case ErrorCode::not_durable: return 503;
    case ErrorCode::behind: return 504;
    case ErrorCode::bad_configuration:
    case ErrorCode::bad_journey:
    case ErrorCode::bad_file:
    case ErrorCode::storage:
    case ErrorCode::io: return 500;
  }
  return 500;
}

std::string error_body(const Error& error) {
  std::string body = "{\"error\":{\"code\":";
  append_json_string(body, to_string(error.code));
  body += ",\"message\":";
  append_json_string(body, error.message);
  if (!error.field.empty()) {
    body += ",\"field\":";
    append_json_string(body, error.field);
  }
  body += "}}";
  return body;
}

HttpAnswer json_answer(std::string body) {
  HttpAnswer answer;
  answer.body = std::move(body);
  answer.headers.emplace_back("Cache-Control", "no-store");
  return answer;
}

HttpAnswer error_answer(const Error& error) {
  HttpAnswer answer = json_answer(error_body(error));
  answer.status = status_of(error.code);
  answer.refusal = error.code;
  if (error.code == ErrorCode::rate_limited) answer.headers.emplace_back("Retry-After", "5");
  if (error.code == ErrorCode::not_durable) answer.headers.emplace_back("Retry-After", "1");
  if (error.code == ErrorCode::rate_limited || error.code == ErrorCode::not_durable) {
    answer.headers.emplace_back("Access-Control-Expose-Headers", "Retry-After");
  }
  if (error.code == ErrorCode::unauthorized) answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  return answer;
}

Error error_of_status(int status) {
  switch (status) {
    case 404: return {ErrorCode::not_found, "there is nothing at this path"};
    case 405: return {ErrorCode::method_not_allowed, "this path does not take this method"};
    case 408: return {ErrorCode::bad_request, "the request did not come whole in time"};
    case 411: return {ErrorCode::bad_request, "the request does not say how long its body is"};
    case 413:
      return {ErrorCode::too_large, "the body is larger than this collector takes; send less at once"};
    case 414: return {ErrorCode::too_large, "the URL is too long"};
    case 431: return {ErrorCode::too_large, "the headers are too long"};
    default: break;
  }
  if (status < 500) return {ErrorCode::bad_request, "this is not a whole, correct HTTP request"};
  return {ErrorCode::storage, "the collector could not do this"};
}

}  // namespace desirepath::collector
