#include "sdk/compiler/contradiction.hpp"

#include <map>

namespace desirepath::compiler {

namespace {

class DemandBook {
 public:
  std::optional<Contradiction> found;

  void demand(const Name& fact, const JsonNode& value) {
    if (found || (!value.is_string() && !value.is_number())) return;
    const auto [known, is_new] = demands_.emplace(std::pair(fact.text, value.kind), &value);
    const JsonNode& first = *known->second;
    if (is_new || (first.text == value.text && first.number == value.number)) return;
    found = Contradiction{fact, shown(first), shown(value)};
  }

  void document(const JsonNode& node) {
    for (const JsonMember& member : node.members) {
      if (member.key == "$and") {
        for (const JsonNode& item : member.value.items) document(item);
      } else if (member.key.rfind('$', 0) != 0) {
        const JsonNode* equal = member.value.find("$eq");
        demand({member.key, member.offset}, equal == nullptr ? member.value : *equal);
      }
    }
  }

 private:
  static std::string shown(const JsonNode& value) {
    if (value.is_string()) return "'" + value.text + "'";
    std::string number = std::to_string(value.number);
    number.erase(number.find_last_not_of('0') + 1);
    if (number.back() == '.') number.pop_back();
    return number;
  }

  std::map<std::pair<std::string, JsonNode::Kind>, const JsonNode*> demands_;
};

}  // namespace

std::optional<Contradiction> find_contradiction(const Name& event,
                                                const std::vector<const JsonNode*>& documents) {
  DemandBook book;
  JsonNode name;
  name.kind = JsonNode::Kind::string;
  name.text = event.text;
  if (!event.empty()) book.demand({"event", event.offset}, name);
  for (const JsonNode* document : documents) {
    if (document != nullptr) book.document(*document);
  }
  return book.found;
}

}  // namespace desirepath::compiler
