#include "collector/fold/journey_log.hpp"

#include <algorithm>
#include <optional>

#include "collector/fold/limits.hpp"

namespace desirepath::collector {

namespace {

// What decided before each journey of the horizon; versions whose text this compiler refuses are left out,
// and the one before them stands in.
Result<std::shared_ptr<const EarlierVersions>> earlier_versions(ProfileSession& session,
                                                                const DecisionHorizon& horizon) {
  auto facts = session.journey_versions();
  if (!facts) return tl::unexpected(facts.error());
  auto earlier = std::make_shared<EarlierVersions>();
  for (JourneyFact& fact : *facts) {
    const auto current = horizon.since_ms.find(fact.name);
    if (current == horizon.since_ms.end() || fact.since_ms >= current->second) continue;
    std::optional<Journey> journey = compile_version({fact.file, fact.source});
    if (!journey) continue;
    std::vector<EarlierVersion>& versions = (*earlier)[fact.name];
    versions.push_back({fact.since_ms, std::move(*journey)});
    if (versions.size() > kEarlierVersionsMax) versions.erase(versions.begin());
  }
  return earlier;
}

}  // namespace

Result<DecisionHorizon> adopt_journeys(ProfileSession& session, const JourneySet& set, std::int64_t now_ms) {
  auto logged = session.journeys();
  if (!logged) return tl::unexpected(logged.error());
  DecisionHorizon horizon;
  std::vector<JourneyFact> facts;
  bool is_new = logged->size() != set.journeys.size();
  for (std::size_t i = 0; i < set.journeys.size(); ++i) {
    const Journey& journey = set.journeys[i];
    JourneyFact fact{INT64_MIN,    journey.name,  journey.version, journey.program_hash,
                     journey.file, journey.source};
    const auto before = std::find_if(logged->begin(), logged->end(),
                                     [&](const JourneyFact& known) { return known.name == journey.name; });
    if (before != logged->end()) {
      const bool same = before->source == fact.source || before->program_hash == fact.program_hash;
      fact.since_ms = same ? before->since_ms : now_ms;
      const bool moved = before - logged->begin() != static_cast<std::ptrdiff_t>(i);
      is_new = is_new || moved || before->source != fact.source || before->program_hash != fact.program_hash;
    } else {
      fact.since_ms = logged->empty() ? INT64_MIN : now_ms;
      is_new = true;
    }
    horizon.since_ms[fact.name] = fact.since_ms;
    facts.push_back(std::move(fact));
  }
  if (is_new) {
    if (auto done = session.log_journeys(facts); !done) return tl::unexpected(done.error());
  }
  auto earlier = earlier_versions(session, horizon);
  if (!earlier) return tl::unexpected(earlier.error());
  horizon.earlier = std::move(*earlier);
  return horizon;
}

Result<LoggedHorizon> logged_horizon(ProfileSession& session, const JourneySet& set) {
  auto logged = session.journeys();
  if (!logged) return tl::unexpected(logged.error());
  LoggedHorizon found;
  for (const Journey& journey : set.journeys) {
    const auto fact = std::find_if(logged->begin(), logged->end(),
                                   [&](const JourneyFact& known) { return known.name == journey.name; });
    const bool is_logged = fact != logged->end() && fact->program_hash == journey.program_hash;
    found.is_whole = found.is_whole && is_logged;
    found.horizon.since_ms[journey.name] = is_logged         ? fact->since_ms
                                           : logged->empty() ? INT64_MIN
                                                             : INT64_MAX;
  }
  auto earlier = earlier_versions(session, found.horizon);
  if (!earlier) return tl::unexpected(earlier.error());
  found.horizon.earlier = std::move(*earlier);
  return found;
}

}  // namespace desirepath::collector
