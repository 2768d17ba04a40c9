#include <algorithm>

#include "sdk/compiler/journey_parts.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

using format::BehaviorKind;

namespace {

struct KindWord {
  const char* word;
  BehaviorKind kind;
};

constexpr KindWord kFactKinds[] = {{"sum", BehaviorKind::sum},          {"min", BehaviorKind::min},
                                   {"max", BehaviorKind::max},          {"first", BehaviorKind::first},
                                   {"last", BehaviorKind::last},        {"distinct", BehaviorKind::distinct},
                                   {"affinity", BehaviorKind::affinity}};

// The one key that says what is made of the events; none is a count.
void read_kind(Reading& reading, ObjectReader& reader, BehaviorSpec& behavior) {
  std::string said;
  const auto say = [&](const char* word, std::size_t offset) {
    if (!said.empty()) {
      reading.diagnostics.error(offset, reader.what() + " has both '" + said + "' and '" + word + "'");
    }
    said = word;
  };
  for (const KindWord& known : kFactKinds) {
    const Name fact = reader.text(known.word);
    if (fact.empty()) continue;
    say(known.word, fact.offset);
    behavior.kind = known.kind;
    behavior.fact = fact;
  }
  if (const JsonNode* steps = reader.array("sequence")) {
    say("sequence", steps->offset);
    behavior.kind = BehaviorKind::sequence;
    behavior.steps = read_filters(reading, *steps, "a step of " + reader.what());
    if (steps->items.size() < 2 || steps->items.size() > kSequenceStepsMax) {
      reading.diagnostics.error(steps->offset, "the sequence of " + reader.what() + " needs 2 to " +
                                                   std::to_string(kSequenceStepsMax) + " steps, not " +
                                                   std::to_string(steps->items.size()));
      behavior.steps.resize(2);  // the least the rest of the compiler can go on with
    }
  }
}

// Complains about a key that means nothing for behaviors of this kind.
void belongs_to(Reading& reading, ObjectReader& reader, std::string_view key, bool belongs,
                const char* where) {
  const JsonNode* found = reader.member(key);
  if (found != nullptr && !belongs) {
    reading.diagnostics.error(found->offset, "'" + std::string(key) + "' of " + reader.what() + ": " + where);
  }
}

void read_not_between(Reading& reading, ObjectReader& reader, BehaviorSpec& behavior) {
  const JsonNode* node = reader.member("not_between");
  if (node == nullptr) return;
  behavior.not_between = read_filters(reading, *node, "'not_between' of " + reader.what());
  if (behavior.not_between.size() > kSequenceStepsMax) {
    reading.diagnostics.error(node->offset, "'not_between' of " + reader.what() + " lists more than " +
                                                std::to_string(kSequenceStepsMax) + " events");
  }
}

void read_events(Reading& reading, ObjectReader& reader, BehaviorSpec& behavior) {
  const bool is_sequence = behavior.kind == BehaviorKind::sequence;
  constexpr const char* kInSteps = "a sequence says its events in its steps";
  belongs_to(reading, reader, "event", !is_sequence, kInSteps);
  belongs_to(reading, reader, "where", !is_sequence, kInSteps);
  belongs_to(reading, reader, "not_between", is_sequence,
             "only a 'sequence' has something between its events");
  if (is_sequence) {
    read_not_between(reading, reader, behavior);
  } else {
    behavior.filter = read_filter(reader);
  }
}

// How far back it looks and how much it keeps.
void read_bounds(Reading& reading, ObjectReader& reader, BehaviorSpec& behavior) {
  const bool is_affinity = behavior.kind == BehaviorKind::affinity;
  belongs_to(reading, reader, "within", !is_affinity, "an affinity fades by its 'half_life'");
  belongs_to(reading, reader, "half_life", is_affinity,
             "only an 'affinity' fades; a window is said by 'within'");
  if (is_affinity) reader.required("half_life");
  behavior.within_ms = reader.duration("within");
  behavior.half_life_ms = reader.duration("half_life");
  const bool keeps = is_affinity || behavior.kind == BehaviorKind::distinct ||
                     (behavior.within_ms != 0 && behavior.kind != BehaviorKind::last &&
                      behavior.kind != BehaviorKind::sequence);
  if (const JsonNode* keep = reader.member("keep"); keep != nullptr && !keeps) {
    reading.diagnostics.warning(keep->offset, "'keep' of " + reader.what() +
                                                  " changes nothing: there is no window to keep entries of");
  }
  behavior.keep = static_cast<std::uint32_t>(reader.integer("keep", 0, 1, kBehaviorKeepMax));
}

// Whether a filter or a fact in it is what the collector alone knows of an event.
bool reads_server_facts(const JsonNode& node) {
  constexpr std::string_view kServerFacts = "context.server.";
  const auto is_server_fact = [&](const std::string& text) { return text.rfind(kServerFacts, 0) == 0; };
  return is_server_fact(node.text) || std::any_of(node.items.begin(), node.items.end(), reads_server_facts) ||
         std::any_of(node.members.begin(), node.members.end(), [&](const JsonMember& member) {
           return is_server_fact(member.key) || reads_server_facts(member.value);
         });
}

}  // namespace

void read_behavior(Reading& reading, const JsonMember& member) {
  ObjectReader reader(member.value, quoted("behavior", member.key), reading.diagnostics);
  BehaviorSpec behavior;
  behavior.id = {member.key, member.offset};
  behavior.source = &member.value;
  read_kind(reading, reader, behavior);
  read_events(reading, reader, behavior);
  read_bounds(reading, reader, behavior);
  behavior.is_public = reader.flag("public", false);
  behavior.is_of_server = reader.flag("server", false) || reads_server_facts(member.value);
  behavior.is_for_device = reader.flag("device", false);
  if (behavior.is_for_device && !behavior.is_of_server) {
    reading.diagnostics.warning(
        member.value.find("device")->offset,
        "'device' of " + reader.what() + " changes nothing: it is for what only servers observe ('server')");
  }
  reader.finish();
  reading.journey.behaviors.push_back(std::move(behavior));
}

}  // namespace desirepath::compiler
