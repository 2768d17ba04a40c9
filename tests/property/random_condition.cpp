#include "tests/property/random_condition.hpp"

#include "tests/property/random_events.hpp"

namespace desirepath::tests {

using namespace vocabulary;

Json RandomCondition::document(int depth, const std::function<void(Json&)>& add_member) {
  Json made = Json::object();
  const int members = random_.chance(70) ? 1 : 2;
  for (int i = 0; i < members; ++i) {
    if (depth == 0 || random_.chance(70)) {
      add_member(made);
      continue;
    }
    const std::string group = random_.pick({"$and", "$or", "$nor", "$not"});
    if (group == "$not") {
      made[group] = document(depth - 1, add_member);
      continue;
    }
    Json documents = Json::array();
    for (int n = random_.between(random_.chance(5) ? 0 : 1, 3); n > 0; --n) {
      documents.push_back(document(depth - 1, add_member));
    }
    made[group] = std::move(documents);
  }
  return made;
}

Json RandomCondition::event_value() {
  switch (random_.between(1, 9)) {
    case 1: return random_.chance(50);
    case 2: return nullptr;
    case 3: return random_.pick({2.5, 0.1});
    case 4: return Json::array({random_.pick({"x", "y"}), random_.between(0, 6)});
    case 5: return Json{{"k", random_.between(0, 6)}, {"l", 1}};
    case 6:
    case 7: return random_.pick(kColours);
    default: return random_.between(0, 6);
  }
}

// Orders compare with numbers and texts alone.
Json RandomCondition::order_constant(const std::function<Json()>& constant) {
  while (true) {
    const Json made = constant();
    if (made.is_number() || made.is_string()) return made;
  }
}

// What arrays, versions, kinds and texts are tested with.
Json RandomCondition::element_test(const std::function<Json()>& constant) {
  switch (random_.between(1, 8)) {
    case 1: return {{"$all", Json::array({constant()})}};
    case 2: return {{"$all", Json::array({Json{{"$gte", 3}}, random_.pick({"x", "y"})})}};
    case 3: return {{"$type", random_.pick({"string", "number", "boolean", "array", "object", "null"})}};
    case 4: return {{"$size", random_.chance(50) ? Json(2) : Json{{"$gt", random_.between(0, 2)}}}};
    case 5:
      return {{"$elemMatch", value_test(constant).is_object() ? Json{{"$gte", 2}} : Json{{"k", constant()}}}};
    case 6: return {{"$elemMatch", Json{{"$not", Json{{"$eq", constant()}}}}}};
    case 7:
      return {{random_.pick({"$vgt", "$vgte", "$vlt", "$vlte", "$veq", "$vne"}),
               random_.pick({"5", "1.2.3", "1.2.3-rc.1", "v2.0", "1.10"})}};
    default: {
      Json test{
          {"$regex", random_.pick({"^r", "e.$", "[a-c]+", "(re|blu)[de]", "^\\d+$", "u{1,2}e?", "^$"})}};
      if (random_.chance(20)) test["$options"] = "i";
      return test;
    }
  }
}

Json RandomCondition::value_test(const std::function<Json()>& constant) {
  if (random_.chance(20)) return element_test(constant);
  switch (random_.between(1, 10)) {
    case 1: return {{"$eq", constant()}};
    case 2: return {{"$ne", constant()}};
    case 3: return {{random_.pick({"$gt", "$gte"}), order_constant(constant)}};
    case 4: return {{random_.pick({"$lt", "$lte"}), order_constant(constant)}};
    case 5: return {{random_.pick({"$in", "$nin", "$ini", "$nini"}), Json::array({constant(), constant()})}};
    case 6: return {{"$exists", random_.chance(50)}};
    case 7: return {{"$not", value_test(constant)}};
    case 8: return {{"$gte", order_constant(constant)}, {"$lte", order_constant(constant)}};
    default: return constant();
  }
}

Json RandomCondition::count_test() {
  const int count = random_.between(0, 4);
  if (random_.chance(30)) return count;
  return {{random_.pick({"$gt", "$gte", "$gte", "$lt", "$lte", "$eq", "$ne"}), count}};
}

Json RandomCondition::duration_test() {
  return {{random_.pick({"$gt", "$gte", "$lt", "$lte"}), random_.pick(kWindows)}};
}

Json RandomCondition::boolean_test() {
  return random_.chance(80);
}

// Stages and tiers have no order that conditions compare.
Json RandomCondition::name_test(const std::vector<std::string>& names) {
  const std::string name = random_.pick(names);
  switch (random_.between(1, 5)) {
    case 1: return {{"$ne", name}};
    case 2: return {{random_.pick({"$in", "$nin"}), Json::array({name, random_.pick(names)})}};
    case 3: return {{"$exists", random_.chance(50)}};
    default: return name;
  }
}

void RandomCondition::event_member(Json& to) {
  const auto any_value = [this] { return event_value(); };
  switch (random_.between(1, 12)) {
    case 1: to["properties.o.k"] = value_test(any_value); break;
    case 2: to["properties.tags." + std::to_string(random_.between(0, 2))] = value_test(any_value); break;
    case 3: to[random_.pick({"properties.tags", "properties.o"})] = value_test(any_value); break;
    case 4: to["context.page.path"] = random_.pick({"/", "/shoes"}); break;
    case 5: to["event"] = random_.pick(kEventNames); break;
    case 6: to["type"] = random_.pick({"track", "page"}); break;
    case 7:
    case 8: to["properties.c"] = random_.pick(kColours); break;
    case 9: to["properties.c"] = value_test(any_value); break;
    default: to["properties.v"] = value_test(any_value);
  }
}

void RandomCondition::audience_member(Json& to) {
  const std::string audience = random_.pick(nameable_.audiences);
  if (random_.chance(60)) {
    to["audiences." + audience] = boolean_test();
  } else {
    to["audiences"] = Json{{random_.pick({"$in", "$nin", "$all"}), Json::array({audience})}};
  }
}

void RandomCondition::behavior_member(Json& to) {
  const auto any_value = [this] { return event_value(); };
  const auto colour = [this] { return Json(random_.pick(kColours)); };
  switch (random_.between(1, 6)) {
    case 1:
      if (nameable_.numbers.empty()) return;
      to["behaviors." + random_.pick(nameable_.numbers)] =
          Json{{random_.pick({"$gt", "$lte"}), random_.between(-1, 12) + 0.05}};
      return;
    case 2:
      if (nameable_.values.empty()) return;
      to["behaviors." + random_.pick(nameable_.values)] = value_test(any_value);
      return;
    case 3:
      if (nameable_.affinities.empty()) return;
      if (random_.chance(50)) {
        to["behaviors." + random_.pick(nameable_.affinities) + ".0"] = value_test(colour);
      } else {
        to["behaviors." + random_.pick(nameable_.affinities)] = Json{{"$in", Json::array({colour()})}};
      }
      return;
    default:
      if (!nameable_.counts.empty()) to["behaviors." + random_.pick(nameable_.counts)] = count_test();
  }
}

// Constants lie between the values that sums of points can have, so that no rounding decides.
void RandomCondition::score_member(Json& to, Reads reads) {
  switch (random_.between(1, 3)) {
    case 1:
      if (nameable_.scores.empty()) return;
      to["scores." + random_.pick(nameable_.scores)] =
          Json{{random_.pick({"$gt", "$lt"}), random_.between(-2, 9) + 0.2718281}};
      return;
    case 2:
      if (!nameable_.scores.empty())
        to["tiers." + random_.pick(nameable_.scores)] = name_test({"low", "high"});
      return;
    default:
      if (nameable_.models.empty() || reads == Reads::calm) return;
      to["propensity." + random_.pick(nameable_.models)] =
          Json{{random_.pick({"$gt", "$lt"}), random_.between(1, 9) / 10.0 + 0.01234567}};
  }
}

void RandomCondition::session_member(Json& to) {
  switch (random_.between(1, 7)) {
    case 1:
    case 2: to[random_.pick({"session.events", "session.pages", "session.number"})] = count_test(); return;
    case 3: to[random_.pick({"session.age", "session.engaged"})] = duration_test(); return;
    case 4:
      to["session.referrer"] = value_test([this] {
        return Json(random_.pick({"direct", "internal", "search", "social", "mail"}));
      });
      return;
    case 5: to["session.landing"] = random_.pick({"/", "/shoes", "/a"}); return;
    case 6:
      if (!nameable_.intents.empty()) to["session.intent"] = name_test(nameable_.intents);
      return;
    default:
      if (nameable_.stages.empty()) return;
      to["session.intent_confidence"] = Json{{random_.pick({"$gt", "$lt"}), random_.between(1, 9) / 10.0}};
  }
}

void RandomCondition::circumstance_member(Json& to, Reads reads) {
  switch (random_.between(1, reads == Reads::calm ? 4 : 6)) {
    case 1:
      to[random_.pick({"campaign.name", "campaign.source"})] = random_.pick({"x", "news", "spring sale"});
      return;
    case 2: to["campaign.click_id"] = Json{{"$exists", random_.chance(50)}}; return;
    case 3: to["device.type"] = random_.pick({"mobile", "tablet", "desktop"}); return;
    case 4:
      if (!nameable_.fields.empty()) to["asked." + random_.pick(nameable_.fields)] = count_test();
      return;
    case 5: to["now.hour"] = Json{{random_.pick({"$gte", "$lt"}), random_.between(0, 23)}}; return;
    default: to["now.weekday"] = random_.between(4, 6);
  }
}

void RandomCondition::profile_member(Json& to, Reads reads) {
  const auto any_value = [this] { return event_value(); };
  const std::size_t before = to.size();
  while (to.size() == before) {
    switch (random_.between(1, 18)) {
      case 1:
        if (!nameable_.stages.empty()) to["stage"] = name_test(nameable_.stages);
        break;
      case 2:
        if (!nameable_.stages.empty()) to["stage_age"] = duration_test();
        break;
      case 3:
        if (reads == Reads::everything && !nameable_.audiences.empty()) audience_member(to);
        break;
      case 4:
      case 5: session_member(to); break;
      case 6: to["consent." + random_.pick(kCategories)] = boolean_test(); break;
      case 7: to["traits.plan"] = value_test([this] { return Json(random_.pick(kPlans)); }); break;
      case 8: to["traits.age"] = value_test(any_value); break;
      case 9: to["known." + random_.pick({std::string("plan"), std::string("age")})] = boolean_test(); break;
      case 10:
      case 11:
      case 12: score_member(to, reads); break;
      case 13:
      case 14: circumstance_member(to, reads); break;
      default: behavior_member(to);
    }
  }
}

}  // namespace desirepath::tests
