#include "sdk/compiler/public_text.hpp"

#include <algorithm>
#include <string>

namespace desirepath::compiler {

namespace {

constexpr std::size_t kLastLabelMin = 2;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_of_label(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}
bool is_of_name(char c) {
  return is_of_label(c) || std::string_view("._%+").find(c) != std::string_view::npos;
}

// Past the labels and dots that begin at `from`; the last label is of letters, and not the only one. Else
// `from`.
std::size_t end_of_domain(std::string_view text, std::size_t from) {
  std::size_t end = from;
  std::size_t at = from;
  while (at < text.size() && is_of_label(text[at])) {
    const std::size_t begin = at;
    while (at < text.size() && is_of_label(text[at])) ++at;
    const std::string_view label = text.substr(begin, at - begin);
    const bool can_be_last =
        begin != from && label.size() >= kLastLabelMin && std::all_of(label.begin(), label.end(), is_letter);
    if (can_be_last) end = at;
    if (text.substr(at, 2) == "\\.") ++at;  // of a pattern
    if (at < text.size() && text[at] == '.') ++at;
  }
  return end;
}

void refuse_in(std::string_view text, std::size_t offset, Diagnostics& diagnostics) {
  const std::string_view email = find_email(text);
  if (email.empty()) return;
  diagnostics.error_in_text(
      offset, static_cast<std::size_t>(email.data() - text.data()),
      "'" + std::string(email) + "' looks like an e-mail address; the device program is public");
}

}  // namespace

std::string_view find_email(std::string_view text) {
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && is_of_name(text[begin - 1])) --begin;
    const std::size_t end = end_of_domain(text, at + 1);
    if (begin < at && end > at + 1) return text.substr(begin, end - begin);
  }
  return {};
}

void refuse_emails(const JsonNode& node, Diagnostics& diagnostics) {
  if (node.is_string()) refuse_in(node.text, node.offset, diagnostics);
  for (const JsonNode& item : node.items) refuse_emails(item, diagnostics);
  for (const JsonMember& member : node.members) {
    refuse_in(member.key, member.offset, diagnostics);
    refuse_emails(member.value, diagnostics);
  }
}

void refuse_shown_emails(const JsonNode& node, const std::set<std::string>& shown, Diagnostics& diagnostics) {
  if (node.is_string() && shown.count(node.text) != 0) refuse_in(node.text, node.offset, diagnostics);
  for (const JsonNode& item : node.items) refuse_shown_emails(item, shown, diagnostics);
  for (const JsonMember& member : node.members) {
    if (shown.count(member.key) != 0) refuse_in(member.key, member.offset, diagnostics);
    const bool is_never_shown = member.key == "owner" || member.key == "description";
    if (!is_never_shown) refuse_shown_emails(member.value, shown, diagnostics);
  }
}

}  // namespace desirepath::compiler
