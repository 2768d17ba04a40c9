// The readers of a journey's parts, one file each. Every mistake goes to the diagnostics at its place.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/compiler/journey.hpp"
#include "sdk/compiler/object_reader.hpp"

namespace desirepath::compiler {

// What the readers share while one journey is read.
struct Reading {
  std::string_view text;  // of the file
  Diagnostics& diagnostics;
  Journey& journey;  // what was read so far
  std::set<std::string> stage_ids{};
  std::set<std::string> trigger_ids{};
  std::set<std::string> experiment_ids{};
  std::set<std::string> destinations{};
};

// "stage 'buy'", for messages.
std::string quoted(std::string_view kind, std::string_view id);

std::vector<std::string> names_of(const std::set<std::string>& ids);

// The id of a listed definition, checked for its form and against `taken`; empty where it has none.
std::string id_of(Reading& reading, const JsonNode& node, const char* kind, std::set<std::string>& taken);

// An event filter's members `event` and `where`; the second form is an object of nothing else.
EventFilter read_filter(ObjectReader& reader);
EventFilter read_filter(Reading& reading, const JsonNode& node, const std::string& what);
// One filter or a list of them.
std::vector<EventFilter> read_filters(Reading& reading, const JsonNode& node, const std::string& what);

// What brings a trigger about: `event`, `on`, `after … absent … for` or `schedule`.
void read_occasion(Reading& reading, ObjectReader& reader, TriggerSpec& trigger);

void read_behavior(Reading& reading, const JsonMember& member);
void read_score(Reading& reading, const JsonMember& member);
void read_model(Reading& reading, const JsonMember& member);
void read_stage(Reading& reading, const JsonNode& node);
// `migrate` and `inflight`: what a new version does with people under way.
void read_takeover(Reading& reading, ObjectReader& journey);
void read_purpose(Reading& reading, const JsonMember& member);
void read_promise(Reading& reading, const JsonMember& member);
void read_suppression(Reading& reading, const JsonMember& member);
void read_group(Reading& reading, const JsonMember& member);
// What these name must exist; call when the triggers are read.
void check_governance(Reading& reading);
void read_channel(Reading& reading, const JsonMember& member);
void read_ask(Reading& reading, const JsonMember& member);
void read_destination(Reading& reading, const JsonMember& member);
void read_trigger(Reading& reading, const JsonNode& node);
// Call when the triggers are read.
void read_experiment(Reading& reading, const JsonNode& node);
void read_holdout(Reading& reading, ObjectReader& journey);

}  // namespace desirepath::compiler
