#include "sdk/compiler/json_source.hpp"

#include <nlohmann/json.hpp>
#include <unordered_set>

#include "sdk/compiler/json_mistake.hpp"
#include "sdk/engine/limits.hpp"

namespace desirepath::compiler {

namespace {

// The parser's own number for it.
constexpr int kNumberOverflow = 406;

// Builds nodes from the parser's events. The parser says what, this class finds where: it walks the same
// tokens in the text, which the parser has already found well-formed.
class NodeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  NodeBuilder(std::string_view text, Diagnostics& diagnostics) : text_(text), diagnostics_(diagnostics) {}

  std::unique_ptr<JsonNode> take() { return failed_ ? nullptr : std::move(root_); }

  bool null() override { return leaf(JsonNode::Kind::null) != nullptr; }
  bool boolean(bool value) override {
    leaf(JsonNode::Kind::boolean)->boolean = value;
    return true;
  }
  bool number_integer(number_integer_t value) override { return number(static_cast<double>(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(static_cast<double>(value)); }
  bool number_float(number_float_t value, const string_t&) override { return number(value); }
  bool string(string_t& value) override {
    leaf(JsonNode::Kind::string)->text = value;
    return true;
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(JsonNode::Kind::object); }
  bool start_array(std::size_t) override { return open(JsonNode::Kind::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& value) override {
    const std::size_t offset = next_token();
    skip_token();
    after_ = JsonStop::After::key;
    if (!keys_.back().insert(value).second) diagnostics_.error(offset, "'" + value + "' is given twice");
    open_.back()->members.push_back({value, offset, {}});
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    failed_ = true;
    const JsonNode* open = open_.empty() ? nullptr : open_.back();
    const JsonMistake mistake =
        find_json_mistake(text_, {at_, after_, open, position, error.id == kNumberOverflow});
    diagnostics_.error(mistake.offset, "not JSON: " + mistake.text);
    return false;
  }

 private:
  bool number(double value) {
    leaf(JsonNode::Kind::number)->number = value;
    return true;
  }

  JsonNode* leaf(JsonNode::Kind kind) {
    JsonNode* node = add(kind);
    skip_token();
    node->end = at_;
    after_ = JsonStop::After::value;
    return node;
  }

  bool open(JsonNode::Kind kind) {
    if (open_.size() >= kJsonDepthMax) {
      failed_ = true;
      diagnostics_.error(next_token(), "nested deeper than " + std::to_string(kJsonDepthMax));
      return false;
    }
    JsonNode* node = add(kind);
    ++at_;
    open_.push_back(node);
    keys_.emplace_back();
    after_ = JsonStop::After::opening;
    return true;
  }

  bool close() {
    next_token();
    open_.back()->end = ++at_;
    open_.pop_back();
    keys_.pop_back();
    after_ = JsonStop::After::value;
    return true;
  }

  JsonNode* add(JsonNode::Kind kind) {
    JsonNode* node = nullptr;
    if (open_.empty()) {
      root_ = std::make_unique<JsonNode>();
      node = root_.get();
    } else if (open_.back()->is_object()) {
      node = &open_.back()->members.back().value;
    } else {
      node = &open_.back()->items.emplace_back();
    }
    node->kind = kind;
    node->offset = next_token();
    return node;
  }

  // Moves past white space, separators and comments to the next token.
  std::size_t next_token() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ':') {
        ++at_;
      } else if (text_.substr(at_, 2) == "//") {
        at_ = std::min(text_.find_first_of("\r\n", at_), text_.size() - 1) + 1;
      } else if (text_.substr(at_, 2) == "/*") {
        at_ = std::min(text_.find("*/", at_ + 2), text_.size() - 2) + 2;
      } else if (text_.substr(at_, 3) == "\xef\xbb\xbf") {
        at_ += 3;
      } else {
        break;
      }
    }
    return at_;
  }

  // Moves past a string, a number or a word.
  void skip_token() {
    if (at_ < text_.size() && text_[at_] == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
        if (text_[at_] == '\\') ++at_;
      }
      at_ = std::min(at_ + 1, text_.size());
      return;
    }
    const std::size_t end = text_.find_first_not_of("+-.0123456789abcdefghijklmnopqrstuvwxyzE", at_);
    at_ = std::min(end, text_.size());
  }

  std::string_view text_;
  Diagnostics& diagnostics_;
  std::unique_ptr<JsonNode> root_;
  std::vector<JsonNode*> open_;
  std::vector<std::unordered_set<std::string>> keys_;  // of each of `open_`
  JsonStop::After after_ = JsonStop::After::nothing;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace

const JsonNode* JsonNode::find(std::string_view key) const {
  for (const JsonMember& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

const char* name_of(JsonNode::Kind kind) {
  switch (kind) {
    case JsonNode::Kind::null: return "null";
    case JsonNode::Kind::boolean: return "a boolean";
    case JsonNode::Kind::number: return "a number";
    case JsonNode::Kind::string: return "a string";
    case JsonNode::Kind::array: return "an array";
    case JsonNode::Kind::object: return "an object";
  }
  return "a value";
}

std::unique_ptr<JsonNode> parse_json(std::string_view text, Diagnostics& diagnostics) {
  // The parser takes it for the end of the text.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    diagnostics.error(zero, "not JSON: a byte of 0; the file must be UTF-8 text");
    return nullptr;
  }
  NodeBuilder builder(text, diagnostics);
  const bool ok = nlohmann::json::sax_parse(text, &builder, nlohmann::json::input_format_t::json, true, true);
  return ok ? builder.take() : nullptr;
}

std::string compact_json(std::string_view text, const JsonNode& node) {
  return nlohmann::ordered_json::parse(text.substr(node.offset, node.end - node.offset), nullptr, true, true)
      .dump();
}

}  // namespace desirepath::compiler
