// What a journey is shown of a claimed event: one that came with a write key, which anybody can read off a
// page. It belongs to whom it names, for reports and conditions, but
//
//   a trait that a proved event has spoken for is not shown;
//
// and on a proved profile, one with an identifier that a proved event has carried,
//
//   a trait that is an address is not shown, nor are words of consent;
//   an effect fact holds back what is said on the device alone: of one about another channel than `web`
//   nothing is shown, of one about `web` not the trigger, purpose and promise where a decision for another
//   channel hangs on them;
//   an assignment to an experiment that has triggers on other channels is not shown.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "collector/identity/identifier_rules.hpp"
#include "collector/profile/trait_book.hpp"
#include "sdk/engine/event.hpp"
#include "sdk/engine/program.hpp"

namespace desirepath::collector {

// For one program, which must outlive it. Immutable.
class ClaimedEvent {
 public:
  ClaimedEvent(const Program& program, const IdentifierRules& rules);

  // Empties those `facts` of a claimed event that are not to be shown. `traits` is the profile's book before
  // the event.
  void restrain(EventType type, std::string_view name, bool is_proved_profile, const TraitBook& traits,
                std::span<Value> facts) const;

 private:
  struct TraitFact {
    std::uint32_t fact;
    std::string name;
    bool is_address;
  };

  void note_channels(const Program& program);
  void restrain_effect(std::span<Value> facts) const;
  void restrain_assignment(std::span<Value> facts) const;
  // The definition an id names in this program; none where there is none.
  bool is_shared(const std::vector<std::uint32_t>& keys, std::string_view kind, const Value& id) const;

  Program program_;
  std::vector<TraitFact> traits_;
  // Keys of what a decision for another channel than `web` hangs on.
  std::vector<std::uint32_t> triggers_;
  std::vector<std::uint32_t> purposes_;
  std::vector<std::uint32_t> promises_;
  std::vector<std::uint32_t> experiments_;
};

}  // namespace desirepath::collector
