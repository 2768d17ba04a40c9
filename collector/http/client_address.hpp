// Who asks, where proxies stand between.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "collector/http/address_range.hpp"

namespace desirepath::collector {

// What proxies said, in the order of their hops; views into the request.
struct ForwardingHeaders {
  std::string_view forwarded;        // Forwarded (RFC 7239); where present, the other is passed over
  std::string_view x_forwarded_for;  // several headers of one name joined by ", "
};

// The address of the client: `peer`, unless that is a trusted proxy. Then the hops are read from the right,
// and the first that is no trusted proxy is the client; what stands further left anybody may have written. A
// hop that is no address ("unknown", "_hidden") ends the reading at the hop before it.
std::string client_address(std::string_view peer, const ForwardingHeaders& headers,
                           std::span<const AddressRange> trusted);

}  // namespace desirepath::collector
