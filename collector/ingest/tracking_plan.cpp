#include "collector/ingest/tracking_plan.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "collector/ingest/limits.hpp"
#include "collector/ingest/schema_reader.hpp"
#include "sdk/compiler/json_source.hpp"

namespace desirepath::collector {
namespace {

using compiler::Diagnostics;
using compiler::JsonMember;
using compiler::JsonNode;

constexpr std::array<std::string_view, 6> kEngineFacts = {"Decision Exposed",    "Decision Delivered",
                                                          "Decision Reserved",   "Decision Released",
                                                          "Experiment Assigned", "Events Dropped"};

struct PlannedCall {
  std::string_view name;
  EventType type;
};
constexpr PlannedCall kPlannedCalls[] = {{"page", EventType::page},
                                         {"screen", EventType::screen},
                                         {"identify", EventType::identify},
                                         {"group", EventType::group}};

bool speaks_of_traits(EventType type) {
  return type == EventType::identify || type == EventType::group;
}

// At the end of a character.
void shorten(std::string& text) {
  if (text.size() <= kPlanMessageBytesMax) return;
  std::size_t end = kPlanMessageBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
  text += "…";
}

std::string lines_of(const std::vector<compiler::Diagnostic>& found) {
  std::string lines;
  for (const auto& diagnostic : found) lines += (lines.empty() ? "" : "\n") + to_string(diagnostic);
  return lines;
}

}  // namespace

class PlanReader {
 public:
  PlanReader(std::string_view text, Diagnostics& diagnostics) : text_(text), diagnostics_(diagnostics) {}

  void read(const JsonNode& root, TrackingPlan& plan) {
    if (!root.is_object()) return diagnostics_.error(root.offset, "a plan is an object");
    if (const JsonNode* version = root.find("plan"); version == nullptr || version->number != 1) {
      diagnostics_.error(version == nullptr ? root.offset : version->offset,
                         "a plan says which form it has: \"plan\": 1");
    }
    if (const JsonNode* mode = root.find("mode")) mode_ = mode_of(*mode);
    for (const JsonMember& member : root.members) read_member(member, plan);
  }

 private:
  void read_member(const JsonMember& member, TrackingPlan& plan) {
    if (member.key == "plan" || member.key == "mode") return;
    if (member.key == "unplanned") {
      plan.unplanned_ = mode_of(member.value);
      return;
    }
    if (member.key == "events") {
      if (!member.value.is_object()) {
        return diagnostics_.error(member.value.offset, "\"events\" is an object of events by name");
      }
      for (const JsonMember& event : member.value.members) {
        if (plan.events_.size() >= kPlannedEventsMax) {
          return diagnostics_.error(event.offset,
                                    "a plan has at most " + std::to_string(kPlannedEventsMax) + " events");
        }
        plan.events_.insert_or_assign(event.key, planned(event.value));
      }
      return;
    }
    for (const PlannedCall& call : kPlannedCalls) {
      if (call.name != member.key) continue;
      plan.calls_.insert_or_assign(call.type, planned(member.value));
      return;
    }
    unknown(member, {"plan", "mode", "unplanned", "events", "identify", "group", "page", "screen"});
  }

  TrackingPlan::Planned planned(const JsonNode& node) {
    TrackingPlan::Planned out;
    out.mode = mode_;
    if (!node.is_object()) {
      diagnostics_.error(node.offset,
                         "this is an object with \"owner\", \"description\", \"mode\", \"schema\"");
      return out;
    }
    for (const JsonMember& member : node.members) {
      if (member.key == "mode") {
        out.mode = mode_of(member.value);
      } else if (member.key == "schema") {
        out.schema = schema_of(member.value);
      } else if (member.key == "owner" || member.key == "description") {
        if (!member.value.is_string()) {
          diagnostics_.error(member.value.offset, "'" + member.key + "' must be a text");
        } else if (member.key == "owner") {
          out.owner = member.value.text;
        }
      } else {
        unknown(member, {"owner", "description", "mode", "schema"});
      }
    }
    return out;
  }

  std::unique_ptr<EventSchema> schema_of(const JsonNode& node) {
    const nlohmann::json schema = read_schema(text_, node, diagnostics_);
    if (diagnostics_.has_errors()) return nullptr;
    auto compiled = EventSchema::compile(schema);
    if (compiled) return std::move(*compiled);
    diagnostics_.error(node.offset, "this schema is not right: " + compiled.error().message);
    return nullptr;
  }

  PlanMode mode_of(const JsonNode& node) {
    if (node.is_string() && node.text == "allow") return PlanMode::allow;
    if (node.is_string() && node.text == "warn") return PlanMode::warn;
    if (node.is_string() && node.text == "reject") return PlanMode::reject;
    diagnostics_.error(node.offset, "this is \"allow\", \"warn\" or \"reject\"");
    return PlanMode::warn;
  }

  void unknown(const JsonMember& member, const std::vector<std::string>& names) {
    diagnostics_.error(member.offset,
                       "'" + member.key + "' is not known here" + compiler::did_you_mean(member.key, names));
  }

  const std::string_view text_;
  Diagnostics& diagnostics_;
  PlanMode mode_ = PlanMode::warn;
};

Result<std::shared_ptr<const TrackingPlan>> TrackingPlan::read(std::string_view file, std::string_view text) {
  Diagnostics diagnostics(file, text);
  auto plan = std::make_shared<TrackingPlan>();
  if (const auto root = compiler::parse_json(text, diagnostics)) {
    PlanReader(text, diagnostics).read(*root, *plan);
  }
  if (diagnostics.has_errors()) {
    return failure(ErrorCode::bad_configuration, lines_of(diagnostics.take()), "plan");
  }
  return plan;
}

std::optional<PlanVerdict> TrackingPlan::judge(const Planned& planned, EventType type, std::string_view name,
                                               std::string_view payload) {
  if (planned.mode == PlanMode::allow || !planned.schema) return std::nullopt;
  const auto mistake = planned.schema->check(payload.empty() ? "{}" : payload);
  if (!mistake) return std::nullopt;
  PlanVerdict verdict{planned.mode, speaks_of_traits(type) ? "traits" : "properties", std::string(name)};
  if (!mistake->path.empty()) verdict.field += '.' + mistake->path;
  if (!planned.owner.empty()) verdict.message += " (of " + planned.owner + ")";
  verdict.message += ": " + verdict.field + ": " + mistake->message;
  shorten(verdict.field);
  shorten(verdict.message);
  return verdict;
}

std::optional<PlanVerdict> TrackingPlan::judge(EventType type, std::string_view name,
                                               std::string_view payload) const {
  if (type != EventType::track) {
    const auto call = calls_.find(type);
    return call == calls_.end() ? std::nullopt : judge(call->second, type, to_string(type), payload);
  }
  if (const auto event = events_.find(name); event != events_.end()) {
    return judge(event->second, type, name, payload);
  }
  if (unplanned_ == PlanMode::allow) return std::nullopt;
  if (std::find(kEngineFacts.begin(), kEngineFacts.end(), name) != kEngineFacts.end()) return std::nullopt;
  return PlanVerdict{unplanned_, "event", std::string(name) + ": the tracking plan does not name this event"};
}

}  // namespace desirepath::collector
