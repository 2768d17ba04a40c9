#include <algorithm>

#include "sdk/compiler/emitters.hpp"
#include "sdk/compiler/facts_read.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

using namespace format;

namespace {

std::string_view word_of(Subject subject) {
  switch (subject) {
    case Subject::stage_age: return "stage_age";
    case Subject::score: return "scores.";
    case Subject::session: return "session.age";
    case Subject::propensity: return "propensity.";
    default: return "now.";
  }
}

// The first member of the condition whose name begins with the word.
const JsonMember* find_member(const JsonNode& node, std::string_view word) {
  for (const JsonMember& member : node.members) {
    if (member.key.rfind(word, 0) == 0) return &member;
    if (const JsonMember* inner = find_member(member.value, word)) return inner;
  }
  for (const JsonNode& item : node.items) {
    if (const JsonMember* inner = find_member(item, word)) return inner;
  }
  return nullptr;
}

void refuse_restless(Emission& emission, const AudienceSpec& audience, Subject subject) {
  const JsonMember* member = find_member(*audience.condition, word_of(subject));
  emission.diagnostics.error(
      member == nullptr ? audience.id.offset : member->offset,
      "audience '" + audience.id.text + "' is watched by a trigger, so it cannot read " +
          (member == nullptr ? std::string("what") : "'" + member->key + "', which") + " moves all the time");
}

}  // namespace

void emit_watches(Emission& emission) {
  const std::vector<const AudienceSpec*>& watched = emission.watched.in_order();
  if (watched.size() > kWatchesMax) {
    emission.diagnostics.error(watched[kWatchesMax]->id.offset,
                               "triggers watch " + std::to_string(watched.size()) + " audiences, " +
                                   std::to_string(watched.size() - kWatchesMax) + " over the limit of " +
                                   std::to_string(kWatchesMax));
  }
  for (const AudienceSpec* audience : watched) {
    const auto index = static_cast<std::uint32_t>(emission.builder.watches.size());
    WatchRecord record{};
    record.audience = emission.audiences.index_of(*audience);
    record.key = emission.unique_key("audience", audience->id);
    const FactsRead reads = facts_read(emission.builder, emission.builder.audiences[record.audience].when);
    if (reads.restless != Subject::none) refuse_restless(emission, *audience, reads.restless);
    record.of_every_event = reads.every_event ? 1 : 0;
    emission.builder.watches.push_back(record);
    if (!reads.every_event) emission.dispatch.add_watch(index, reads);
  }
}

}  // namespace desirepath::compiler
