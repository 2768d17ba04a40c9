// Condition documents to node trees. Semantics: sdk/engine/CONDITIONS.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/compiler/fact_resolver.hpp"
#include "sdk/compiler/journey.hpp"
#include "sdk/compiler/program_builder.hpp"

namespace desirepath::compiler {

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
      : builder_(builder),
        names_(names),
        diagnostics_(diagnostics),
        for_device_(for_device),
        facts_(builder, names, diagnostics, for_device) {}

  // Compiles a document (an object) and returns its root node's index + 1; 0 for null.
  std::uint32_t compile(const JsonNode* document, FactsAllowed allowed);

  // A node that reads one fact; `is_truth` where what counts is whether it holds. 0, after a diagnostic, for
  // an unknown fact.
  struct Reader {
    std::uint32_t node = 0;  // +1
    bool is_truth = false;
  };
  Reader compile_reader(const Name& fact, FactsAllowed allowed);

  // A fact of the event, as behaviors and scores read it.
  std::optional<FactSubject> event_fact(const Name& fact) {
    return facts_.resolve(fact, FactsAllowed::of_event);
  }

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
  void document(const std::vector<const JsonMember*>& members);
  void member(const JsonMember& member);
  void group(format::Op op, const JsonNode& documents, std::string_view name);
  void audiences_member(const JsonMember& member);
  void tests(const FactSubject& subject, const JsonNode& test);
  void operators(const FactSubject& subject, const JsonNode& test);
  void operation(const FactSubject& subject, const JsonMember& operation);
  void implicit(const FactSubject& subject, const JsonNode& value);
  void leaf(const FactSubject& subject, format::Op op, const JsonNode& value);
  void leaf(const FactSubject& subject, format::Op op, std::vector<std::uint8_t> constant);

  std::uint32_t open(format::Op op);
  void close(std::uint32_t group);

  std::vector<std::uint8_t> tagged(const FactSubject& subject, const JsonNode& value);

  ProgramBuilder& builder_;
  const ConditionNames& names_;
  Diagnostics& diagnostics_;
  bool for_device_;
  FactResolver facts_;
  FactsAllowed allowed_ = FactsAllowed::all;
  int depth_ = 0;
};

}  // namespace desirepath::compiler
