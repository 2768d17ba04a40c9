#include "tests/reference/intents.hpp"

namespace desirepath::reference {

namespace {

bool is_evidence(const Happening& event, const Json& stage) {
  if (stage.contains("touchpoints")) {
    for (const Json& name : stage.at("touchpoints")) {
      if (name == event.name) return true;
    }
  }
  for (const Json& rule : one_or_more(stage, "enter")) {
    if (text_of(rule, "event") == event.name) return true;
  }
  return false;
}

}  // namespace

std::optional<Json> intent(const Json& journey, const std::vector<const Happening*>& session,
                           const std::string& field) {
  if (!journey.contains("stages")) return std::nullopt;
  const Json* best = nullptr;
  std::size_t most = 0;
  std::size_t latest = 0;
  std::size_t all = 0;
  for (const Json& stage : journey.at("stages")) {
    std::size_t evidence = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < session.size(); ++i) {
      if (!is_evidence(*session[i], stage)) continue;
      ++evidence;
      last = i;
    }
    all += evidence;
    if (evidence == 0 || evidence < most || (evidence == most && last < latest)) continue;
    best = &stage;
    most = evidence;
    latest = last;
  }
  if (best == nullptr) return std::nullopt;
  if (field == "intent_confidence") return static_cast<double>(most) / static_cast<double>(all + 1);
  return best->contains("intent") ? std::optional<Json>(best->at("intent")) : std::nullopt;
}

}  // namespace desirepath::reference
