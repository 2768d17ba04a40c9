// Condition documents to node trees. Semantics: sdk/engine/CONDITIONS.md.
#pragma once

#include <cstdint>
#include <functional>
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
  // Index of a behavior, an audience, a trait or a consent category; -1 (after a diagnostic) for an unknown
  // one.
  std::function<std::int64_t(const Name& id)> behavior;
  std::function<std::int64_t(const Name& id)> audience;
  std::function<std::uint32_t(std::string_view name)> trait;
  std::function<std::uint32_t(std::string_view category)> consent;
  // The id a program knows a stage by; empty (after a diagnostic) for an unknown one.
  std::function<std::string(const Name& id)> stage;
};

// A condition's demand that one fact of the event equals one text: what triggers are indexed by.
struct TextDemand {
  std::uint32_t fact;
  std::uint32_t path;
  std::string text;

  bool operator<(const TextDemand& other) const;
};

class ConditionCompiler {
 public:
  // `for_device`: the program is public, so that what only a server knows and e-mail addresses are errors.
  ConditionCompiler(ProgramBuilder& builder, const ConditionNames& names, Diagnostics& diagnostics,
                    bool for_device)
      : builder_(builder), names_(names), diagnostics_(diagnostics), for_device_(for_device) {}

  // Compiles a document (an object) and returns its root node's index + 1; 0 for null.
  std::uint32_t compile(const JsonNode* document, FactsAllowed allowed);

  // Splits a document at its top level into what needs the event and what does not, each index + 1 (0:
  // nothing).
  struct Split {
    std::uint32_t of_event = 0;
    std::uint32_t of_profile = 0;
  };
  Split compile_split(const JsonNode* document);

  // The text demands a document makes at its top level.
  std::vector<TextDemand> text_demands(const JsonNode* document);

 private:
  struct Subject {
    format::Subject kind = format::Subject::none;
    std::uint32_t index = 0;
    std::uint32_t path = 0;
    bool is_duration = false;
    bool known_field = false;  // known.<field>: whether the trait is there
  };

  void document(const std::vector<const JsonMember*>& members);
  void member(const JsonMember& member);
  void group(format::Op op, const JsonNode& documents, std::string_view name);
  void audiences_member(const JsonMember& member);
  void tests(const Subject& subject, const JsonNode& test);
  void operators(const Subject& subject, const JsonNode& test);
  void operation(const Subject& subject, const JsonMember& operation);
  void implicit(const Subject& subject, const JsonNode& value);
  void leaf(const Subject& subject, format::Op op, const JsonNode& value);
  void leaf(const Subject& subject, format::Op op, std::vector<std::uint8_t> constant);

  std::uint32_t open(format::Op op);
  void close(std::uint32_t group);

  bool resolve(const Name& name, Subject& subject);
  bool resolve_event_fact(const Name& name, format::Root root, std::string_view rest, Subject& subject);
  bool resolve_profile_fact(const Name& name, std::string_view head, std::string_view rest, Subject& subject);
  bool is_event_fact(std::string_view key) const;
  std::vector<std::uint8_t> tagged(const Subject& subject, const JsonNode& value);

  ProgramBuilder& builder_;
  const ConditionNames& names_;
  Diagnostics& diagnostics_;
  bool for_device_;
  FactsAllowed allowed_ = FactsAllowed::all;
  int depth_ = 0;
};

}  // namespace desirepath::compiler
