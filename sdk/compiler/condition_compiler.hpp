// Condition documents to node trees. Semantics: sdk/engine/CONDITIONS.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sdk/compiler/constant_writer.hpp"
#include "sdk/compiler/fact_resolver.hpp"
#include "sdk/compiler/fact_tests.hpp"
#include "sdk/compiler/journey.hpp"
#include "sdk/compiler/node_writer.hpp"
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
        diagnostics_(diagnostics),
        facts_(builder, names, diagnostics, for_device),
        constants_(names, diagnostics, for_device),
        nodes_(builder, diagnostics),
        tests_(builder, nodes_, constants_, diagnostics,
               [this](const JsonNode& document) { element_document(document); }) {}
  ConditionCompiler(const ConditionCompiler&) = delete;
  ConditionCompiler& operator=(const ConditionCompiler&) = delete;

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
  std::uint32_t compile_members(const std::vector<const JsonMember*>& members, FactsAllowed allowed);
  void document(const JsonNode& document);
  void document(const std::vector<const JsonMember*>& members, std::size_t offset);
  void element_document(const JsonNode& document);
  void member(const JsonMember& member);
  void group(format::Op op, const JsonMember& entry);
  void negation(const JsonMember& entry);
  void audiences_member(const JsonMember& entry);
  void audience(const JsonNode& name);
  std::optional<FactSubject> subject_of(const Name& name);

  ProgramBuilder& builder_;
  Diagnostics& diagnostics_;
  FactResolver facts_;
  ConstantWriter constants_;
  NodeWriter nodes_;
  FactTests tests_;
  FactsAllowed allowed_ = FactsAllowed::all;
  bool in_elements_ = false;
};

}  // namespace desirepath::compiler
