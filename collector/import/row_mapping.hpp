// From the columns of a CSV to an event: a mapping file is an event with places for columns.
//
//   { "schema": "desirepath/map/1",
//     "event": { "type": "track", "userId": "${user_id}",
//                "event": { "$column": "event", "rename": { "purchase": "Order Completed" } },
//                "timestamp": "${timestamp}",
//                "properties": { "revenue": { "$column": "total", "as": "number" }, "sku": "no-${sku}" } } }
//
// "${column}" alone is the column's text; inside other text it is put in. {"$column"} may say "as" (text,
// number, boolean) and "rename", which maps texts before that; a text it does not name stays. An empty column
// leaves its member out, and an object that has nothing left is left out. Without a mapping the columns named
// type, event, userId, anonymousId, messageId, timestamp are themselves and all others are properties, as
// text.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "collector/error.hpp"

namespace desirepath::collector {

class RowMapping {
 public:
  // Checks the mapping against the columns; every unknown column and member is an error that names it.
  static Result<RowMapping> parse(std::string_view json, std::span<const std::string> columns);
  static RowMapping plain(std::span<const std::string> columns);
  ~RowMapping();
  RowMapping(RowMapping&&) noexcept;
  RowMapping& operator=(RowMapping&&) noexcept;

  // The event of one row as JSON text. An error where a column is not what "as" says.
  Result<std::string> event_json(std::span<const std::string> fields) const;

 private:
  struct Node;
  explicit RowMapping(std::unique_ptr<Node> root);
  static Result<std::unique_ptr<Node>> read_node(const nlohmann::ordered_json& json,
                                                 std::span<const std::string> columns);
  static Result<std::unique_ptr<Node>> read_column(const nlohmann::ordered_json& json,
                                                   std::span<const std::string> columns);
  static Result<std::unique_ptr<Node>> read_text(const std::string& text,
                                                 std::span<const std::string> columns);

  std::unique_ptr<Node> root_;
};

}  // namespace desirepath::collector
