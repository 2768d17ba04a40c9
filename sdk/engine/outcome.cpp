#include "sdk/engine/outcome.hpp"

#include <cstring>

#include "sdk/engine/limits.hpp"

namespace desirepath {

namespace {

constexpr std::size_t with_spare(std::uint32_t count) {
  return std::size_t{count} + (count < kOutcomeSpare ? count : kOutcomeSpare);
}

}  // namespace

std::string_view to_string(Reason reason) noexcept {
  switch (reason) {
    case Reason::none: return "";
    case Reason::consent: return "consent";
    case Reason::suppressed: return "suppressed";
    case Reason::holdout: return "holdout";
    case Reason::quiet_hours: return "quiet_hours";
    case Reason::purpose_served: return "purpose_served";
    case Reason::promise_conflict: return "promise_conflict";
    case Reason::cap_trigger: return "cap_trigger";
    case Reason::cap_purpose: return "cap_purpose";
    case Reason::cap_channel: return "cap_channel";
    case Reason::lower_priority: return "lower_priority";
    case Reason::stale: return "stale";
    case Reason::late: return "late";
  }
  return "";
}

std::size_t Outcome::decisions_for(const format::Header& header) noexcept {
  return with_spare(header.decisions_max);
}

std::size_t Outcome::anchor_bytes_for(const format::Header& header) noexcept {
  return with_spare(header.anchors_max) * kMessageIdBytesMax;
}

bool Outcome::has_room(const format::Header& header) const noexcept {
  if (decision_count_ == 0 && anchor_bytes_ == 0) return true;
  return decisions_.size() - decision_count_ >= header.decisions_max &&
         anchors_.size() - anchor_bytes_ >= std::size_t{header.anchors_max} * kMessageIdBytesMax;
}

void Outcome::clear() noexcept {
  decision_count_ = 0;
  move_count_ = 0;
  assignment_count_ = 0;
  anchor_bytes_ = 0;
}

void Outcome::add(const Decision& decision) noexcept {
  if (decision_count_ < decisions_.size()) decisions_[decision_count_++] = decision;
}

void Outcome::add(const StageMove& move) noexcept {
  move_ = move;
  move_count_ = 1;
}

void Outcome::add(const Assignment& assignment) noexcept {
  if (assignment_count_ < assignments_.size()) assignments_[assignment_count_++] = assignment;
}

std::string_view Outcome::keep_anchor(std::string_view anchor) noexcept {
  if (anchor.size() > anchors_.size() - anchor_bytes_) return {};
  char* at = anchors_.data() + anchor_bytes_;
  std::memcpy(at, anchor.data(), anchor.size());
  anchor_bytes_ += anchor.size();
  return {at, anchor.size()};
}

}  // namespace desirepath
