// What events of the field's clients have in common, for compressing the few events of a segment: a session's
// first page view has no neighbour to be like.
#pragma once

#include <string_view>

namespace desirepath::collector {

// Part of the format of every chunk ever written: never edited (a test pins it). What is most common comes
// last.
inline constexpr std::string_view kEventDictionary =
    R"json({"type":"group","groupId":"","traits":{"name":"","industry":"","employees":0,"plan":"enterprise","company":{"name":"","id":""},"address":{"city":"","country":"","postalCode":"","state":"","street":""}}}
{"type":"alias","previousId":"","userId":""}
{"type":"screen","name":"","properties":{"title":""},"context":{"app":{"name":"","version":"1.0.0","build":"1","namespace":"com."},"device":{"id":"","manufacturer":"Apple","model":"iPhone","name":"","type":"ios"},"os":{"name":"iOS","version":"17.0"},"network":{"carrier":"","cellular":false,"wifi":true},"screen":{"density":2,"height":844,"width":390}}}
{"type":"identify","traits":{"email":"@example.com","name":"","first_name":"","last_name":"","firstName":"","lastName":"","phone":"+49","company":"","plan":"free","createdAt":"2026-01-01T00:00:00.000Z","birthday":"","gender":"","city":"","country":"","language":"en","loyalty_id":"","newsletter":true,"marketing":true}}
{"type":"track","event":"Order Completed","properties":{"order_id":"","checkout_id":"","affiliation":"","revenue":100.0,"total":100.0,"subtotal":100.0,"shipping":0,"tax":0,"discount":0,"coupon":null,"currency":"EUR","products":[{"product_id":"sku-","sku":"","category":"shoes","name":"","brand":"","variant":"","price":19.99,"quantity":1,"coupon":"","position":1,"url":"https://www.","image_url":"https://www."}]}}
{"type":"track","event":"Decision Exposed","properties":{"decisionId":"","trigger":"","purpose":"","promise":"","channel":"web","slot":"hero","treatment":""}}
{"type":"track","event":"Cart Updated","properties":{"cart_id":"","cart_value":100.0,"lines":1,"items":1}}
{"type":"track","event":"Product Added","properties":{"cart_id":"","product_id":"","price":19.99,"quantity":1}}
{"type":"track","event":"Product List Viewed","properties":{"list_id":"","category":"","products":[]}}
{"type":"track","event":"Product Viewed","properties":{"product_id":"","sku":"","category":"","name":"","brand":"","price":19.99,"quantity":1,"currency":"EUR","coupon":null}}
{"messageId":"ajs-next-1700000000000-","timestamp":"2026-01-01T00:00:00.000Z","sentAt":"2026-01-01T00:00:00.000Z","anonymousId":"00000000-0000-4000-8000-000000000000","userId":"","integrations":{},"context":{"page":{"path":"/","referrer":"https://www.google.com/","search":"?utm_source=newsletter&utm_medium=email&utm_campaign=","title":"","url":"https://www."},"userAgent":"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36","locale":"en-US","library":{"name":"analytics.js","version":"npm:next-1.0.0"},"campaign":{"name":"","source":"","medium":"","term":"","content":""},"timezone":"Europe/Berlin","utcOffset":120,"screen":{"width":1920,"height":1080},"server":{"geo":{"country":"","region":"","city":""},"ip":"","bot":false,"browser":"Chrome","os":"Windows","device":"desktop"},"traits":{}},"type":"page","name":"Home","category":"","properties":{"path":"/","referrer":"","search":"","title":"","url":"https://www."}}
)json";

}  // namespace desirepath::collector
