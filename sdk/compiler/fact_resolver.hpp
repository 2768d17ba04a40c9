// What a condition names: facts of the event and of the profile, by their dotted words.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/compiler/journey.hpp"
#include "sdk/compiler/program_builder.hpp"

namespace desirepath::compiler {

// Which facts a condition may name.
enum class FactsAllowed {
  of_event,    // type, event, properties, context: what a `where` filters by
  of_profile,  // everything else: what an audience holds
  all,
};

// "a.b.c" as its keys.
std::vector<std::string> split_path(std::string_view path);

// How a condition finds what it names; implemented by who owns the definitions.
struct ConditionNames {
  // Index of a behavior, an audience, a score, a model, a trait or a consent category; -1 (after a
  // diagnostic) for an unknown one.
  std::function<std::int64_t(const Name& id)> behavior;
  std::function<std::int64_t(const Name& id)> score;
  std::function<std::int64_t(const Name& id)> model;
  std::function<std::int64_t(const Name& id)> audience;
  std::function<std::int64_t(const Name& field)> ask;
  std::function<std::uint32_t(std::string_view name)> trait;
  std::function<std::uint32_t(std::string_view category)> consent;
  // The id a program knows a stage by; empty (after a diagnostic) for an unknown one.
  std::function<std::string(const Name& id)> stage;
  // The name a program knows a tier of a score by; the name itself (after a diagnostic) for an unknown one.
  std::function<std::string(std::uint32_t score, const Name& name)> tier;
  // The text a program knows an intent by; the text itself (after a diagnostic) for an unknown one.
  std::function<std::string(const Name& intent)> intent;
  // The trait that makes a field known: its ask's, else the one of that name.
  std::function<std::string(std::string_view field)> trait_of_field;
  // Whether a behavior of that id is read as a list: what follows its id is a path.
  std::function<bool(std::string_view id)> is_list;
};

// A fact as a node reads it.
struct FactSubject {
  format::Subject kind = format::Subject::none;
  std::uint32_t index = 0;
  std::uint32_t path = 0;    // +1
  bool is_duration = false;  // compared with durations
  bool known_field = false;  // known.<field>: whether the trait is there

  // session.intent, whose texts the journey's stages have.
  bool is_intent() const {
    return kind == format::Subject::intent &&
           index == static_cast<std::uint32_t>(format::IntentField::intent);
  }
};

class FactResolver {
 public:
  // `for_device`: the program is public, so that what only a server knows is an error.
  FactResolver(ProgramBuilder& builder, const ConditionNames& names, Diagnostics& diagnostics,
               bool for_device)
      : builder_(builder), names_(names), diagnostics_(diagnostics), for_device_(for_device) {}

  // The fact; none, after a diagnostic, when there is none of that name or not here.
  std::optional<FactSubject> resolve(const Name& name, FactsAllowed allowed);
  // Whether the word belongs to an event, judged by its shape.
  static bool is_event_fact(std::string_view key);

 private:
  std::optional<FactSubject> resolve_event_fact(const Name& name, format::Root root, std::string_view rest);
  std::optional<FactSubject> resolve_profile_fact(const Name& name, std::string_view head,
                                                  std::string_view rest);
  std::optional<FactSubject> resolve_definition(std::string_view head, const Name& id);

  ProgramBuilder& builder_;
  const ConditionNames& names_;
  Diagnostics& diagnostics_;
  bool for_device_;
};

}  // namespace desirepath::compiler
