#include <algorithm>

#include "sdk/compiler/journey_parts.hpp"

namespace desirepath::compiler {

namespace {

void read_add(Reading& reading, const JsonNode& node, const std::string& what, ScoreSpec& score) {
  ObjectReader reader(node, "'add' of " + what, reading.diagnostics);
  ScoreAddSpec add;
  add.filter = read_filter(reader);
  const JsonNode* points = reader.required("points");
  if (points != nullptr && points->is_string()) {
    add.fact = reader.text("points");
  } else if (points != nullptr && !points->is_number()) {
    reading.diagnostics.error(points->offset, "'points' of " + what +
                                                  " must be a number, or the fact that carries one such as "
                                                  "'properties.revenue', not " +
                                                  name_of(points->kind));
  } else {
    add.points = reader.number("points", 0);
  }
  reader.finish();
  score.add.push_back(std::move(add));
}

void read_tiers(Reading& reading, const JsonNode& node, const std::string& what, ScoreSpec& score) {
  for (const JsonMember& member : node.members) {
    if (!member.value.is_number()) {
      reading.diagnostics.error(member.value.offset, "tier '" + member.key + "' of " + what +
                                                         " must be the number it begins at, not " +
                                                         name_of(member.value.kind));
      continue;
    }
    const auto same = std::find_if(score.tiers.begin(), score.tiers.end(),
                                   [&](const TierSpec& tier) { return tier.from == member.value.number; });
    if (same != score.tiers.end()) {
      reading.diagnostics.error(member.value.offset, "tiers '" + same->name.text + "' and '" + member.key +
                                                         "' of " + what + " begin at the same number");
    }
    score.tiers.push_back({{member.key, member.offset}, member.value.number});
  }
  std::stable_sort(score.tiers.begin(), score.tiers.end(),
                   [](const TierSpec& a, const TierSpec& b) { return a.from < b.from; });
}

}  // namespace

void read_score(Reading& reading, const JsonMember& member) {
  ObjectReader reader(member.value, quoted("score", member.key), reading.diagnostics);
  ScoreSpec score;
  score.id = {member.key, member.offset};
  score.half_life_ms = reader.duration("half_life");
  reader.required("add");
  if (const JsonNode* add = reader.array("add")) {
    if (add->items.empty()) reading.diagnostics.error(add->offset, "'add' of " + reader.what() + " is empty");
    for (const JsonNode& item : add->items) read_add(reading, item, reader.what(), score);
    score.identity = std::to_string(score.half_life_ms) + compact_json(reading.text, *add);
  }
  if (const JsonNode* tiers = reader.object("tiers")) read_tiers(reading, *tiers, reader.what(), score);
  score.is_public = reader.flag("public", false);
  reader.finish();
  reading.journey.scores.push_back(std::move(score));
}

}  // namespace desirepath::compiler
