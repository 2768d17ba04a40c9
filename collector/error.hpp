// What goes wrong below the shell is a value: a code from a closed table, a message for a person, and where
// it was.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace desirepath::collector {

// The closed table of causes. The wire shows the same words (`to_string`), so a code is never renamed.
enum class ErrorCode {
  bad_request,
  not_json,
  too_large,
  unauthorized,
  forbidden,
  not_found,
  method_not_allowed,
  rate_limited,
  not_durable,
  behind,
  bad_configuration,
  bad_journey,
  bad_file,
  storage,
  io,
};

// The wire's word for a code, e.g. "not_json".
const char* to_string(ErrorCode code) noexcept;

struct Error {
  ErrorCode code;
  std::string message;  // one line: what, where, what to do
  std::string field{};  // the request or configuration field at fault, empty where there is none
};

template <typename T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> failure(ErrorCode code, std::string message,
                                                   std::string field = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(field)});
}

}  // namespace desirepath::collector
