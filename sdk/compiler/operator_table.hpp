// The operators of conditions by their words, and what each takes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sdk/compiler/json_source.hpp"
#include "sdk/engine/program_format.hpp"

namespace desirepath::compiler {

enum class Operand {
  value,       // anything
  comparable,  // a number or a text
  list,        // of values
  boolean,
  type,             // the word for a kind of value
  version,          // a text
  pattern,          // a text
  folded_pattern,   // the same; case does not count
  options,          // of the pattern beside it
  size,             // a number, or tests of the number of elements
  element,          // tests of an element, or a document over its members
  elements,         // a list of values and tests
  folded_list,      // of values; the case of texts does not count
  folded_elements,  // a list of values and tests; the same
  tests,            // a value, or tests
};

struct OperatorSpec {
  std::string_view word;
  Operand operand;
  format::Op op;
  bool negated = false;
};

// Null where there is no such operator.
const OperatorSpec* find_operator(std::string_view word);
std::vector<std::string> operator_words();

// "a list", "true or false", …; for messages.
const char* name_of(Operand operand);
// Whether the value is of the kind the operand asks for.
bool is_kind_of(Operand operand, const JsonNode& value);

// Whether the object says what to test, as opposed to being a value to compare with: a key begins with `$`.
bool is_operator_object(const JsonNode& node);
// Whether an object that says what to test of an element is a document over its members: it has a key that is
// no operator, or has only `$and`, `$or` and `$nor`.
bool is_document(const JsonNode& node);

}  // namespace desirepath::compiler
