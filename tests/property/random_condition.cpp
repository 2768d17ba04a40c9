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

// What arrays, versions and kinds are tested with.
Json RandomCondition::element_test(const std::function<Json()>& constant) {
  switch (random_.between(1, 10)) {
    case 1: return {{random_.pick({"$all", "$alli"}), Json::array({constant()})}};
    case 2: return {{"$all", Json::array({Json{{"$gte", 3}}, random_.pick({"x", "y"})})}};
    case 3: return {{"$alli", Json::array({random_.pick({"x", "Y", "5", "BLUE"})})}};
    case 4: return {{random_.pick({"$all", "$alli"}), Json::array()}};
    case 5: return {{"$type", random_.pick({"string", "number", "boolean", "array", "object", "null"})}};
    case 6: return {{"$size", random_.chance(50) ? Json(2) : Json{{"$gt", random_.between(0, 2)}}}};
    case 7:
    case 8: return {{"$elemMatch", element_match(constant)}};
    case 9:
      return {{random_.pick({"$vgt", "$vgte", "$vlt", "$vlte", "$veq", "$vne"}),
               random_.pick({"5", "1.2.3", "1.2.3-rc.1", "v2.0", "1.10"})}};
    default: return pattern_test();
  }
}

// Tests of an element, or a document over its members.
Json RandomCondition::element_match(const std::function<Json()>& constant) {
  switch (random_.between(1, 6)) {
    case 1: return Json::object();
    case 2: return {{"$gte", 2}};
    case 3: return {{"$not", Json{{"$eq", constant()}}}};
    case 4: {
      Json either = Json::array({Json{{"k", constant()}}, Json{{"k", Json{{"$exists", false}}}}});
      return {{random_.pick({"$or", "$and", "$nor"}), std::move(either)}};
    }
    case 5: return {{random_.pick({"$ini", "$nin"}), Json::array({constant()})}};
    default: return {{"k", constant()}};
  }
}

Json RandomCondition::pattern_test() {
  const std::string pattern =
      random_.pick({"^r", "e.$", "[a-c]+", "(re|blu)[de]", "^\\d+$", "u{1,2}e?", "^$", "^B", "(?:L|x)u"});
  if (random_.chance(30)) return {{random_.pick({"$regexi", "$notRegexi"}), pattern}};
  Json test{{random_.pick({"$regex", "$notRegex"}), pattern}};
  if (random_.chance(30)) test["$options"] = random_.chance(80) ? "i" : "";
  return test;
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

// Names have no order that conditions compare.
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
    case 5: to["event"] = name_test(kEventNames); break;
    case 6: to["type"] = name_test({"track", "page"}); break;
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
  const auto word = [this] { return Json(random_.pick({"x", "news", "spring sale", "cpc", "gclid"})); };
  switch (random_.between(1, reads == Reads::calm ? 5 : 7)) {
    case 1: {
      const std::string field = random_.pick({"name", "source", "medium", "term", "content", "click_id"});
      to["campaign." + field] = value_test(word);
      return;
    }
    case 2: to["device.type"] = name_test({"mobile", "tablet", "desktop"}); return;
    case 3: to["device.os"] = name_test({"Linux", "macOS"}); return;
    case 4:
      to["device.locale"] = Json{{random_.pick({"$regex", "$regexi"}), random_.pick({"^de", "-AT$"})}};
      return;
    case 5:
      if (!nameable_.fields.empty()) to["asked." + random_.pick(nameable_.fields)] = count_test();
      return;
    case 6: to["now.weekday"] = random_.between(4, 6); return;
    default: now_member(to);
  }
}

void RandomCondition::now_member(Json& to) {
  const std::string order = random_.pick({"$gte", "$lt"});
  switch (random_.between(1, 6)) {
    case 1: to["now.minute"] = Json{{order, random_.between(0, 59)}}; return;
    case 2: to["now.day"] = Json{{order, random_.between(1, 5)}}; return;
    case 3: to["now.month"] = random_.pick({1, 12}); return;
    case 4: to["now.year"] = random_.pick({2025, 2026}); return;
    default: to["now.hour"] = Json{{order, random_.between(0, 23)}};
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
      case 9:
        to["known." + random_.pick({std::string("plan"), std::string("age"), std::string("size")})] =
            boolean_test();
        break;
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
