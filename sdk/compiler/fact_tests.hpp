// What a condition asks of one fact: a value, or operators. Semantics: sdk/engine/CONDITIONS.md.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sdk/compiler/constant_writer.hpp"
#include "sdk/compiler/node_writer.hpp"
#include "sdk/compiler/operator_table.hpp"

namespace desirepath::compiler {

class FactTests {
 public:
  // `document` compiles a document whose keys are the members of an element.
  FactTests(ProgramBuilder& builder, NodeWriter& nodes, ConstantWriter& constants, Diagnostics& diagnostics,
            std::function<void(const JsonNode&)> document)
      : builder_(builder),
        nodes_(nodes),
        constants_(constants),
        diagnostics_(diagnostics),
        document_(std::move(document)) {}

  // Writes the nodes of `test`: one node, or one group.
  void write(const FactSubject& subject, const JsonNode& test);

 private:
  void operators(const FactSubject& subject, const JsonNode& test);
  void operation(const FactSubject& subject, const JsonMember& entry, const JsonNode& test);
  // As if the operator were not negated.
  void positive(const FactSubject& subject, const OperatorSpec& spec, const JsonMember& entry,
                const JsonNode& test);
  bool may_test(const FactSubject& subject, const OperatorSpec& spec, const JsonMember& entry);
  void implicit(const FactSubject& subject, const JsonNode& value);
  void type(const FactSubject& subject, const JsonNode& word);
  void pattern(const FactSubject& subject, const JsonNode& text, bool ignore_case);
  void element(const FactSubject& subject, const JsonNode& test);
  void elements(const FactSubject& subject, const JsonNode& list, bool ignore_case);
  // One of a list where case does not count: of an array, one of its elements.
  void folded_list(const FactSubject& subject, const JsonNode& list);
  void any_of_folded(const FactSubject& subject, const std::vector<const JsonNode*>& values,
                     std::size_t offset);
  void whole_texts(const FactSubject& subject, const std::vector<std::string>& texts, std::size_t offset);
  bool ignores_case(const JsonNode* options);

  ProgramBuilder& builder_;
  NodeWriter& nodes_;
  ConstantWriter& constants_;
  Diagnostics& diagnostics_;
  std::function<void(const JsonNode&)> document_;
};

}  // namespace desirepath::compiler
