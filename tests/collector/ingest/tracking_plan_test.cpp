#include "collector/ingest/tracking_plan.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace desirepath::collector;
using desirepath::EventType;

namespace {

std::shared_ptr<const TrackingPlan> plan_of(const std::string& text) {
  auto plan = TrackingPlan::read("shop.plan.json", text);
  REQUIRE_MESSAGE(plan.has_value(), plan.error().message);
  return *plan;
}

// The plan with one event "E" of this schema, in mode reject.
std::shared_ptr<const TrackingPlan> plan_with(const std::string& schema) {
  return plan_of(R"({"plan":1,"mode":"reject","events":{"E":{"schema":)" + schema + "}}}");
}

std::string mistakes(const std::string& text) {
  const auto plan = TrackingPlan::read("shop.plan.json", text);
  REQUIRE_MESSAGE(!plan.has_value(), text);
  CHECK(plan.error().code == ErrorCode::bad_configuration);
  return plan.error().message;
}
std::string schema_mistake(const std::string& schema) {
  return mistakes(R"({"plan":1,"events":{"E":{"schema":)" + schema + "}}}");
}

bool fits(const std::string& schema, const std::string& properties) {
  return !plan_with(schema)->judge(EventType::track, "E", properties);
}

}  // namespace

TEST_CASE("tracking plan: an event is held against its schema, and told what is wrong where") {
  const auto plan = plan_of(R"({
    "plan": 1, "mode": "warn",  // comments are allowed
    "events": { "Order Completed": { "owner": "shop", "description": "paid", "mode": "reject", "schema": {
      "type": "object", "required": ["order_id"],
      "properties": { "order_id": { "type": "string" }, "revenue": { "type": "number", "minimum": 0 },
                      "products": { "type": "array", "items": { "$ref": "#/definitions/product" } } },
      "definitions": { "product": { "required": ["sku"], "properties": { "sku": { "pattern": "^sku-[0-9]+$" } } } }
    } } },
    "identify": { "schema": { "properties": { "email": { "format": "email" } } } } })");
  CHECK_FALSE(plan->judge(EventType::track, "Order Completed",
                          R"({"order_id":"o1","revenue":0,"products":[{"sku":"sku-7"}],"more":null})"));
  const auto missing = plan->judge(EventType::track, "Order Completed", "");
  REQUIRE(missing);
  CHECK(missing->mode == PlanMode::reject);
  CHECK(missing->field == "properties.order_id");
  CHECK(missing->message.find("Order Completed (of shop): properties.order_id: ") == 0);
  CHECK(plan->judge(EventType::track, "Order Completed", R"({"order_id":"o","revenue":-1})")->field ==
        "properties.revenue");
  CHECK(plan->judge(EventType::track, "Order Completed",
                    R"({"order_id":"o","products":[{"sku":"sku-1"},{"sku":"7"}]})")
            ->field == "properties.products.1.sku");
  // The plan's own mode, where a call says none.
  const auto email = plan->judge(EventType::identify, "", R"({"email":"nobody"})");
  REQUIRE(email);
  CHECK(email->mode == PlanMode::warn);
  CHECK(email->field == "traits.email");
  CHECK_FALSE(plan->judge(EventType::page, "", R"({"email":"nobody"})"));
}

TEST_CASE("tracking plan: events it does not name") {
  CHECK_FALSE(plan_of(R"({"plan":1})")->judge(EventType::track, "Other", "{}"));
  const auto strict = plan_of(R"({"plan":1,"unplanned":"reject","events":{"E":{}}})");
  CHECK_FALSE(strict->judge(EventType::track, "E", R"({"any":"thing"})"));
  CHECK(strict->judge(EventType::track, "Other", "{}")->mode == PlanMode::reject);
  CHECK(strict->judge(EventType::track, "Other", "{}")->field == "event");
  CHECK_FALSE(strict->judge(EventType::page, "", "{}"));
  // The engine's own facts are no business of a plan.
  CHECK_FALSE(strict->judge(EventType::track, "Decision Exposed", "{}"));
  const auto lax = plan_of(R"({"plan":1,"mode":"reject","events":{"E":{"mode":"allow","schema":false}}})");
  CHECK_FALSE(lax->judge(EventType::track, "E", "{}"));
}

TEST_CASE("tracking plan: the draft's keywords") {
  CHECK(fits(R"({"properties":{"x":{"enum":["a",1,null]}}})", R"({"x":null})"));
  CHECK_FALSE(fits(R"({"properties":{"x":{"enum":["a",1,null]}}})", R"({"x":"b"})"));
  CHECK_FALSE(fits(R"({"properties":{"x":{"type":["string","null"]}}})", R"({"x":1})"));
  CHECK_FALSE(fits(R"({"properties":{"x":{"type":"integer"}}})", R"({"x":1.5})"));
  CHECK(fits(R"({"properties":{"x":{"type":"number"}}})", R"({"x":18446744073709551615})"));
  CHECK_FALSE(fits(R"({"additionalProperties":false,"properties":{"x":{}}})", R"({"y":1})"));
  CHECK_FALSE(fits(R"({"propertyNames":{"pattern":"^[a-z_]+$"}})", R"({"Not Snake":1})"));
  CHECK_FALSE(fits(R"({"oneOf":[{"required":["a"]},{"required":["b"]}]})", R"({"a":1,"b":2})"));
  CHECK(fits(R"({"if":{"required":["a"]},"then":{"required":["b"]}})", R"({"c":1})"));
  CHECK_FALSE(fits(R"({"if":{"required":["a"]},"then":{"required":["b"]}})", R"({"a":1})"));
  CHECK_FALSE(fits(R"({"properties":{"x":{"const":3}}})", R"({"x":4})"));
  CHECK_FALSE(fits(R"({"dependencies":{"a":["b"]}})", R"({"a":1})"));
  CHECK_FALSE(fits(R"({"properties":{"x":{"maxLength":3}}})", R"({"x":"four"})"));
  // A property may be called what a keyword is called.
  CHECK_FALSE(fits(R"({"properties":{"pattern":{"type":"string"}}})", R"({"pattern":1})"));
  struct Format {
    const char* name;
    const char* good;
    const char* bad;
  };
  for (const Format& format :
       {Format{"date", "2026-02-28", "2026-13-01"},
        Format{"date-time", "2026-02-28T12:00:00.5+01:00", "2026-02-28"},
        Format{"time", "23:59:60Z", "24:00:00Z"}, Format{"email", "ann@example.com", "ann example.com"},
        Format{"uri", "https://example.com/a?b", "/a?b"},
        Format{"uuid", "8a4bb0c2-5f0e-4a6e-9d53-000000000001", "8a4bb0c2"},
        Format{"ipv4", "203.0.113.7", "203.0.113.256"}}) {
    CAPTURE(format.name);
    const std::string schema = R"({"properties":{"x":{"format":")" + std::string(format.name) + "\"}}}";
    CHECK(fits(schema, R"({"x":")" + std::string(format.good) + "\"}"));
    CHECK_FALSE(fits(schema, R"({"x":")" + std::string(format.bad) + "\"}"));
    CHECK(fits(schema, R"({"x":7})"));
  }
}

TEST_CASE("tracking plan: what a pattern may cost is bounded by the text") {
  // Takes a backtracking search longer than the sun shines, or its stack.
  const std::string schema = R"({"properties":{"x":{"pattern":"^(a|a)*(a*)*$"}}})";
  CHECK_FALSE(fits(schema, "{\"x\":\"" + std::string(30'000, 'a') + "b\"}"));
  CHECK(schema_mistake(R"({"properties":{"x":{"pattern":"(a)\\1"}}})").find(":1:") != std::string::npos);
  CHECK(schema_mistake(R"({"properties":{"x":{"pattern":"("}}})").find("'pattern'") != std::string::npos);
}

TEST_CASE("tracking plan: a mistake is told with its place, and all of them") {
  CHECK(mistakes("{").find("shop.plan.json:1:") == 0);
  CHECK(mistakes("[]").find("a plan is an object") != std::string::npos);
  CHECK(mistakes("{}").find("\"plan\": 1") != std::string::npos);
  CHECK(mistakes(R"({"plan":1,"mode":"maybe"})").find("shop.plan.json:1:18: error: ") == 0);
  CHECK(mistakes(R"({"plan":1,"event":{}})").find("did you mean 'events'") != std::string::npos);
  CHECK(mistakes(R"({"plan":1,"events":{"E":{"sceham":{}}}})").find("'schema'") != std::string::npos);
  CHECK(schema_mistake(R"({"require":["a"]})").find("'required'") != std::string::npos);
  CHECK(schema_mistake(R"({"type":"text"})").find("this schema is not right") != std::string::npos);
  CHECK(schema_mistake(R"({"properties":{"x":7}})").find("a schema is an object") != std::string::npos);
  CHECK(schema_mistake(R"({"format":"hostname"})").find("there are date, ") != std::string::npos);
  CHECK(schema_mistake(R"({"uniqueItems":true})").find("leave it out") != std::string::npos);
  const std::string two = mistakes("{\"plan\":2,\n\"mode\":7}");
  CHECK(two.find("shop.plan.json:1:9") != std::string::npos);
  CHECK(two.find("shop.plan.json:2:8") != std::string::npos);
}

TEST_CASE("tracking plan: nothing is read from elsewhere, and nothing goes in circles") {
  for (const char* reference :
       {"https://example.com/schema.json", "other.json#/a", "#", "#/properties/x", "#/definitions/absent"}) {
    CAPTURE(reference);
    schema_mistake(R"({"properties":{"x":{"$ref":")" + std::string(reference) + "\"}}}");
  }
  CHECK(
      schema_mistake(R"({"$ref":"#/definitions/a","definitions":{"a":{"allOf":[{"$ref":"#/definitions/b"}]},)"
                     R"("b":{"$ref":"#/definitions/a"}}})")
          .find("leads back to itself") != std::string::npos);
}

TEST_CASE("tracking plan: what is told of an event is short") {
  const auto verdict = plan_with(R"({"additionalProperties":false})")
                           ->judge(EventType::track, "E", "{\"" + std::string(20'000, 'k') + "\":1}");
  REQUIRE(verdict);
  CHECK(verdict->message.size() < 500);
}
