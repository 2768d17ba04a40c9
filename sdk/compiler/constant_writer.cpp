#include "sdk/compiler/constant_writer.hpp"

#include <cmath>
#include <functional>

#include "sdk/compiler/duration.hpp"
#include "sdk/compiler/public_text.hpp"
#include "sdk/engine/number.hpp"
#include "sdk/engine/value_writer.hpp"

namespace desirepath::compiler {

std::vector<std::uint8_t> tagged_boolean(bool value) {
  ValueWriter writer;
  writer.boolean(value);
  return writer.take();
}

std::vector<std::uint8_t> tagged_number(double value) {
  ValueWriter writer;
  writer.number(value);
  return writer.take();
}

bool reads_back(std::string_view text) {
  const ParsedNumber parsed = parse_number(text);
  if (!parsed.ok || text.find_first_of("eE+") != std::string_view::npos) return false;
  const std::string_view digits = text.front() == '-' ? text.substr(1) : text;
  const bool is_zero = parsed.value == 0;
  if (is_zero) return text == "0";
  const std::size_t dot = digits.find('.');
  const bool leading_zero = digits.size() > 1 && digits[0] == '0' && dot != 1;
  const bool trailing = dot != std::string_view::npos && (digits.back() == '0' || digits.back() == '.');
  return !leading_zero && dot != 0 && !trailing && std::fabs(parsed.value) >= 1e-6;
}

void ConstantWriter::check_public(const JsonNode& text) const {
  if (for_device_) refuse_emails(text, diagnostics_);
}

std::vector<std::uint8_t> ConstantWriter::tagged(const FactSubject& subject, const JsonNode& value) const {
  ValueWriter writer;
  const auto write_text = [&](const JsonNode& node) {
    if (subject.is_duration) {
      const auto duration = parse_duration(node.text);
      if (!duration) diagnostics_.error(node.offset, "'" + node.text + "' is no duration, such as \"3d\"");
      writer.number(static_cast<double>(duration.value_or(0)));
    } else if (subject.kind == format::Subject::stage) {
      writer.string(names_.stage({node.text, node.offset}));
    } else if (subject.is_intent()) {
      writer.string(names_.intent({node.text, node.offset}));
    } else if (subject.kind == format::Subject::tier) {
      writer.string(names_.tier(subject.index, {node.text, node.offset}));
    } else {
      check_public(node);
      writer.string(node.text);
    }
  };
  const std::function<void(const JsonNode&)> write = [&](const JsonNode& node) {
    switch (node.kind) {
      case JsonNode::Kind::null: writer.null(); break;
      case JsonNode::Kind::boolean: writer.boolean(node.boolean); break;
      case JsonNode::Kind::number: writer.number(node.number); break;
      case JsonNode::Kind::string: write_text(node); break;
      case JsonNode::Kind::array:
        writer.open_array();
        for (const JsonNode& item : node.items) write(item);
        writer.close();
        break;
      case JsonNode::Kind::object:
        writer.open_object();
        for (const JsonMember& member : node.members) {
          writer.key(member.key);
          write(member.value);
        }
        writer.close();
        break;
    }
  };
  write(value);
  return writer.take();
}

}  // namespace desirepath::compiler
