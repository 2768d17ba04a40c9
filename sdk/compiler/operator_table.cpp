#include "sdk/compiler/operator_table.hpp"

#include <algorithm>
#include <iterator>

namespace desirepath::compiler {

using format::Op;

namespace {

constexpr OperatorSpec kOperators[] = {
    {"$eq", Operand::value, Op::equal},
    {"$ne", Operand::value, Op::not_equal},
    {"$gt", Operand::comparable, Op::greater},
    {"$gte", Operand::comparable, Op::greater_or_equal},
    {"$lt", Operand::comparable, Op::less},
    {"$lte", Operand::comparable, Op::less_or_equal},
    {"$in", Operand::list, Op::in},
    {"$nin", Operand::list, Op::not_in},
    {"$ini", Operand::folded_list, Op::matches},
    {"$nini", Operand::folded_list, Op::matches, true},
    {"$all", Operand::elements, Op::any_element},
    {"$alli", Operand::folded_elements, Op::any_element},
    {"$exists", Operand::boolean, Op::exists},
    {"$type", Operand::type, Op::type_is},
    {"$size", Operand::size, Op::size_is},
    {"$elemMatch", Operand::element, Op::any_element},
    {"$regex", Operand::pattern, Op::matches},
    {"$regexi", Operand::folded_pattern, Op::matches},
    {"$notRegex", Operand::pattern, Op::matches, true},
    {"$notRegexi", Operand::folded_pattern, Op::matches, true},
    {"$options", Operand::options, Op::matches},
    {"$not", Operand::tests, Op::none_of},
    {"$veq", Operand::version, Op::version_equal},
    {"$vne", Operand::version, Op::version_equal, true},
    {"$vgt", Operand::version, Op::version_greater},
    {"$vgte", Operand::version, Op::version_greater_or_equal},
    {"$vlt", Operand::version, Op::version_less},
    {"$vlte", Operand::version, Op::version_less_or_equal},
};

}  // namespace

const OperatorSpec* find_operator(std::string_view word) {
  const auto* const spec = std::find_if(std::begin(kOperators), std::end(kOperators),
                                        [&](const OperatorSpec& each) { return each.word == word; });
  return spec == std::end(kOperators) ? nullptr : spec;
}

std::vector<std::string> operator_words() {
  std::vector<std::string> words;
  for (const OperatorSpec& spec : kOperators) words.emplace_back(spec.word);
  return words;
}

const char* name_of(Operand operand) {
  switch (operand) {
    case Operand::value: return "a value";
    case Operand::comparable: return "a number or a string";
    case Operand::list:
    case Operand::elements:
    case Operand::folded_list:
    case Operand::folded_elements: return "a list";
    case Operand::boolean: return "true or false";
    case Operand::type: return "the word for a type";
    case Operand::version: return "a version as a string";
    case Operand::pattern:
    case Operand::folded_pattern: return "a pattern as a string";
    case Operand::options: return "a string";
    case Operand::size: return "a number or tests of one";
    case Operand::element: return "tests of an element, or a condition over its members";
    case Operand::tests: return "a value or tests";
  }
  return "a value";
}

bool is_kind_of(Operand operand, const JsonNode& value) {
  switch (operand) {
    case Operand::value:
    case Operand::tests: return true;
    case Operand::comparable: return value.is_number() || value.is_string();
    case Operand::list:
    case Operand::elements:
    case Operand::folded_list:
    case Operand::folded_elements: return value.is_array();
    case Operand::boolean: return value.is_boolean();
    case Operand::type:
    case Operand::version:
    case Operand::pattern:
    case Operand::folded_pattern:
    case Operand::options: return value.is_string();
    case Operand::size: return value.is_number() || is_operator_object(value);
    case Operand::element: return value.is_object();
  }
  return false;
}

bool is_operator_object(const JsonNode& node) {
  return node.is_object() &&
         std::any_of(node.members.begin(), node.members.end(),
                     [](const JsonMember& member) { return !member.key.empty() && member.key[0] == '$'; });
}

bool is_document(const JsonNode& node) {
  const auto begin = node.members.begin();
  const auto end = node.members.end();
  const auto names_member = [](const JsonMember& member) {
    return member.key.empty() || member.key[0] != '$';
  };
  const auto is_group = [](const JsonMember& member) {
    return member.key == "$and" || member.key == "$or" || member.key == "$nor";
  };
  return std::any_of(begin, end, names_member) || std::all_of(begin, end, is_group);
}

}  // namespace desirepath::compiler
