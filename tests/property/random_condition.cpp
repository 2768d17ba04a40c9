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

Json RandomCondition::value_test(const std::function<Json()>& constant) {
  switch (random_.between(1, 10)) {
    case 1: return {{"$eq", constant()}};
    case 2: return {{"$ne", constant()}};
    case 3: return {{random_.pick({"$gt", "$gte"}), order_constant(constant)}};
    case 4: return {{random_.pick({"$lt", "$lte"}), order_constant(constant)}};
    case 5: return {{random_.pick({"$in", "$nin"}), Json::array({constant(), constant()})}};
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

Json RandomCondition::stage_test() {
  const std::string stage = random_.pick(nameable_.stages);
  switch (random_.between(1, 5)) {
    case 1: return {{"$ne", stage}};
    case 2: return {{random_.pick({"$in", "$nin"}), Json::array({stage, random_.pick(nameable_.stages)})}};
    case 3: return {{"$exists", random_.chance(50)}};
    default: return stage;
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

void RandomCondition::profile_member(Json& to, bool may_name_audiences) {
  const auto any_value = [this] { return event_value(); };
  const auto behavior = [this](const std::vector<std::string>& of) {
    return "behaviors." + random_.pick(of);
  };
  while (true) {
    switch (random_.between(1, 12)) {
      case 1:
        if (nameable_.stages.empty()) continue;
        to["stage"] = stage_test();
        return;
      case 2:
        if (nameable_.stages.empty()) continue;
        to["stage_age"] = duration_test();
        return;
      case 3:
        if (!may_name_audiences || nameable_.audiences.empty()) continue;
        audience_member(to);
        return;
      case 4: to[random_.pick({"session.events", "session.pages", "session.number"})] = count_test(); return;
      case 5: to["session.age"] = duration_test(); return;
      case 6: to["consent." + random_.pick(kCategories)] = boolean_test(); return;
      case 7: to["traits.plan"] = value_test([this] { return Json(random_.pick(kPlans)); }); return;
      case 8: to["traits.age"] = value_test(any_value); return;
      case 9: to["known." + random_.pick({std::string("plan"), std::string("age")})] = boolean_test(); return;
      case 10:
        if (nameable_.numbers.empty()) continue;
        to[behavior(nameable_.numbers)] =
            Json{{random_.pick({"$gt", "$lte"}), random_.between(-1, 12) + 0.05}};
        return;
      case 11:
        if (nameable_.values.empty()) continue;
        to[behavior(nameable_.values)] = value_test(any_value);
        return;
      default:
        if (nameable_.counts.empty()) continue;
        to[behavior(nameable_.counts)] = count_test();
        return;
    }
  }
}

}  // namespace desirepath::tests
