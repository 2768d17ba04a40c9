#include "sdk/engine/event.hpp"

#include "sdk/engine/limits.hpp"

namespace desirepath {

using namespace format;

namespace {

constexpr std::string_view kTypeWords[] = {"track", "page", "screen", "identify", "group", "alias"};

// A reader that never passes the end: once it failed, everything it returns is empty.
class RecordReader {
 public:
  explicit RecordReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  template <typename T>
  T number() noexcept {
    if (!take(sizeof(T))) return T{};
    return load<T>(bytes_.data() + at_ - sizeof(T));
  }
  std::string_view text() noexcept {
    const std::uint32_t length = number<std::uint32_t>();
    return take(length) ? text_at(bytes_.data() + at_ - length, length) : std::string_view{};
  }
  Value value() noexcept {
    const std::size_t size = ok_ ? validated_size(bytes_.subspan(at_)) : 0;
    if (size == 0) ok_ = false;
    return take(size) ? Value::read(bytes_.data() + at_ - size) : Value{};
  }
  bool ok() const noexcept { return ok_; }
  bool at_end() const noexcept { return at_ == bytes_.size(); }

 private:
  bool take(std::size_t size) noexcept {
    ok_ = ok_ && size <= bytes_.size() - at_;
    if (ok_) at_ += size;
    return ok_;
  }

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

// The fact of (root, key), or -1. Facts are sorted by root and key hash.
std::int64_t find_fact(const Program& program, Root root, std::string_view key) noexcept {
  const std::uint64_t wanted = std::uint64_t{static_cast<std::uint32_t>(root)} << 32 | fnv1a(key);
  const auto order_of = [](const FactRecord& fact) { return std::uint64_t{fact.root} << 32 | fact.key_hash; };
  std::uint32_t low = 0;
  std::uint32_t high = program.facts().size();
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (order_of(program.facts()[middle]) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  for (; low < program.facts().size(); ++low) {
    const FactRecord& fact = program.facts()[low];
    if (order_of(fact) != wanted) break;
    if (program.string(fact.key) == key) return low;
  }
  return -1;
}

void bind_member(const Program& program, Root root, const ValueCursor& member,
                 std::span<Value> facts) noexcept {
  const std::int64_t fact = find_fact(program, root, member.key());
  if (fact >= 0 && facts[static_cast<std::size_t>(fact)].is_missing()) {
    facts[static_cast<std::size_t>(fact)] = member.value();
  }
}

void bind_members(const Program& program, Root root, const Value& object, std::span<Value> facts) noexcept {
  if (!object.is_object()) return;
  ValueCursor members(object);
  while (members.next()) bind_member(program, root, members, facts);
}

}  // namespace

std::string_view to_string(EventType type) noexcept {
  return kTypeWords[static_cast<std::size_t>(type) - 1];
}

ParsedEventType parse_event_type(std::string_view word) noexcept {
  for (std::size_t i = 0; i < std::size(kTypeWords); ++i) {
    if (kTypeWords[i] == word) return {true, static_cast<EventType>(i + 1)};
  }
  return {};
}

Value engine_fact(const Program& program, const Event& event, EngineFact fact) noexcept {
  const std::uint32_t plus_one = program.header().facts[static_cast<std::size_t>(fact)];
  return plus_one == 0 ? Value{} : event.facts[plus_one - 1];
}

DecodedEvent decode_event_record(const Program& program, std::span<const std::uint8_t> record,
                                 std::span<Value> facts) noexcept {
  DecodedEvent decoded;
  if (record.size() > kEventBytesMax) return decoded;
  RecordReader reader(record);
  Event& event = decoded.event;
  event.timestamp_ms = reader.number<std::int64_t>();
  const std::uint32_t type = reader.number<std::uint32_t>();
  const std::uint32_t count = reader.number<std::uint32_t>();
  event.message_id = reader.text();
  event.name = reader.text();
  if (!reader.ok() || type < 1 || type > std::size(kTypeWords) ||
      event.message_id.size() > kMessageIdBytesMax) {
    return decoded;
  }
  event.type = static_cast<EventType>(type);
  for (Value& fact : facts) fact = Value{};
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t index = reader.number<std::uint32_t>();
    const Value value = reader.value();
    if (!reader.ok() || index >= facts.size() || !facts[index].is_missing()) return decoded;
    facts[index] = value;
  }
  if (!reader.at_end() || facts.size() != program.facts().size()) return decoded;
  event.facts = facts;
  decoded.error = EventError::none;
  return decoded;
}

void bind_facts(const Program& program, const Value& tree, EventType type, std::span<Value> facts) noexcept {
  for (Value& fact : facts) fact = Value{};
  ValueCursor members(tree);
  while (members.next()) {
    if (members.key() == "properties") bind_members(program, Root::properties, members.value(), facts);
    if (members.key() == "context") bind_members(program, Root::context, members.value(), facts);
    if (members.key() == "traits" && type == EventType::identify) {
      bind_members(program, Root::traits, members.value(), facts);
    }
    if (program.experiments().size() != 0) bind_member(program, Root::event, members, facts);
  }
}

}  // namespace desirepath
