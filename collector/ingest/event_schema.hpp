// A compiled JSON Schema (draft 7) that events are held against.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "collector/error.hpp"

namespace desirepath::collector {

struct SchemaMistake {
  std::string path;     // inside the value, e.g. "products.0.price"; empty: the value itself
  std::string message;  // one line, in the validator's words
};

// Immutable; any thread. Time is linear in the value, but for the schema's own alternatives.
class EventSchema {
 public:
  // `schema` as read_schema() made it. ErrorCode::bad_configuration where a keyword has a value of a wrong
  // kind.
  static Result<std::unique_ptr<EventSchema>> compile(const nlohmann::json& schema);
  ~EventSchema();
  EventSchema(const EventSchema&) = delete;
  EventSchema& operator=(const EventSchema&) = delete;

  // The first mistake in a JSON value that a parser has accepted; none where it is as it should be.
  std::optional<SchemaMistake> check(std::string_view json) const;

 private:
  struct Compiled;
  explicit EventSchema(std::unique_ptr<Compiled> compiled);
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace desirepath::collector
