#include "tests/reference/touches.hpp"

namespace desirepath::reference {

namespace {

// Whether an event filter somewhere in the definition asks for that name.
bool asks_for(const Json& definition, const std::string& event_name) {
  if (!definition.is_structured()) return false;
  if (definition.is_object() && text_of(definition, "event") == event_name) return true;
  for (const auto& [key, inner] : definition.items()) {
    if (key != "where" && key != "when" && asks_for(inner, event_name)) return true;
  }
  return false;
}

bool moves_stages(const Json& journey, const std::string& event_name) {
  return journey.contains("stages") && asks_for(journey.at("stages"), event_name);
}

bool can_change_model(const Json& journey, const Json& model, const std::string& event_name) {
  for (const Json& term : model.at("terms")) {
    if (term.contains("when") ? can_change(journey, term.at("when"), event_name)
                              : can_change_fact(journey, text_of(term, "fact"), event_name)) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool can_change_fact(const Json& journey, const std::string& fact, const std::string& event_name) {
  const std::size_t dot = std::min(fact.find('.'), fact.size());
  const std::string head = fact.substr(0, dot);
  const std::string rest = dot < fact.size() ? fact.substr(dot + 1) : std::string();
  if (head == "traits" || head == "known") return event_name == "identify";
  if (head == "asked") return event_name == "Field Asked";
  if (head == "stage" || head == "stage_age") return moves_stages(journey, event_name);
  if (head == "behaviors") {
    return asks_for(*definition(journey, "behaviors", rest.substr(0, rest.find('.'))), event_name);
  }
  if (head == "scores" || head == "tiers") return asks_for(*definition(journey, "scores", rest), event_name);
  if (head == "propensity") {
    return can_change_model(journey, *definition(journey, "models", rest), event_name);
  }
  return true;  // session, campaign, device, consent
}

bool can_change(const Json& journey, const Json& condition, const std::string& event_name) {
  for (const auto& [key, value] : condition.items()) {
    if (!value.is_null() && key[0] == '$') {
      const bool is_one = value.is_object();
      if (is_one && can_change(journey, value, event_name)) return true;
      for (std::size_t i = 0; !is_one && i < value.size(); ++i) {
        if (can_change(journey, value.at(i), event_name)) return true;
      }
    } else if (can_change_fact(journey, key, event_name)) {
      return true;
    }
  }
  return false;
}

}  // namespace desirepath::reference
