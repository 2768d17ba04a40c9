// Answers in the one shape they have: JSON, and for errors {"error":{"code","message","field"}}.
#pragma once

#include <string>

#include "collector/error.hpp"
#include "collector/http/exchange.hpp"

namespace desirepath::collector {

// The HTTP status of a code.
int status_of(ErrorCode code) noexcept;

std::string error_body(const Error& error);
HttpAnswer json_answer(std::string body);
// With Retry-After where trying again helps.
HttpAnswer error_answer(const Error& error);
// What an HTTP status that the server itself came to is called.
Error error_of_status(int status);

}  // namespace desirepath::collector
