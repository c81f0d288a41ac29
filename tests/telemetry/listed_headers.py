"""Names of request headers that tell something of one visitor, collected apart from the table that masks them.

Without those that are kept on purpose (ports of proxies, client certificates) or mean other things elsewhere.
"""

CLIENT_IP = """
    forwarded x-forwarded-for x-forwarded forwarded-for x-forwarder-for x-original-forwarded-for
    x-real-ip x-client-ip client-ip x-cluster-client-ip true-client-ip cf-connecting-ip
    cf-connecting-ipv6 cf-pseudo-ipv4 fastly-client-ip fly-client-ip x-azure-clientip x-azure-socketip
    x-appengine-user-ip x-appengine-remote-addr cloudfront-viewer-address x-vercel-forwarded-for
    x-vercel-proxied-for x-nf-client-connection-ip x-0-client-ip do-connecting-ip
    x-envoy-external-address incap-client-ip x-sucuri-clientip x-sp-forwarding-ip cdn-viewer-ip
    ar-real-ip ali-cdn-real-ip ali-real-client-ip cdn-src-ip cdn-real-ip tx-client-ip eo-connecting-ip
    eo-client-ip edge-inner-client-ip wl-proxy-client-ip proxy-client-ip x-remote-ip x-remote-addr
    x-originating-ip x-original-client-ip x-ip-trail x-proxyuser-ip x-proxymesh-ip x-user-ip via
    x-client-port fly-forwarded-port x-wap-network-client-ip x-wapipaddr x-nokia-ipaddress
    x-huawei-nasip x-subscriber-info
""".split()

GEO_NETWORK = """
    cf-ipcountry cf-ipcity cf-ipcontinent cf-iplatitude cf-iplongitude cf-region cf-region-code
    cf-metro-code cf-postal-code cf-timezone cloudfront-viewer-country cloudfront-viewer-country-name
    cloudfront-viewer-country-region cloudfront-viewer-country-region-name cloudfront-viewer-city
    cloudfront-viewer-postal-code cloudfront-viewer-metro-code cloudfront-viewer-latitude
    cloudfront-viewer-longitude cloudfront-viewer-time-zone cloudfront-viewer-asn x-appengine-country
    x-appengine-region x-appengine-city x-appengine-citylatlong x-vercel-ip-country
    x-vercel-ip-country-region x-vercel-ip-city x-vercel-ip-continent x-vercel-ip-latitude
    x-vercel-ip-longitude x-vercel-ip-timezone x-vercel-ip-postal-code x-vercel-ip-as-number fly-region
    x-akamai-edgescape fastly-geo-country fastly-geo-region fastly-geo-city x-nf-geo cdn-country
    cdn-region x-sucuri-country x-client-geo-location x-azure-country x-geoip-country x-geo-country
""".split()

TLS_DEVICE_FINGERPRINT = """
    cf-ja3-hash cf-ja4 cf-bot-score cf-ray cf-visitor cf-device-type cloudfront-viewer-ja3-fingerprint
    cloudfront-viewer-ja4-fingerprint cloudfront-viewer-tls cloudfront-viewer-http-version
    cloudfront-viewer-header-order cloudfront-viewer-header-count cloudfront-is-mobile-viewer
    cloudfront-is-tablet-viewer cloudfront-is-desktop-viewer cloudfront-is-smarttv-viewer
    cloudfront-is-android-viewer cloudfront-is-ios-viewer x-vercel-ja4-digest x-vercel-ja3-digest
    x-amzn-tls-version x-amzn-tls-cipher-suite
""".split()

ORIGINAL_USER_AGENT = """
    x-operamini-phone x-operamini-phone-ua x-operamini-features x-original-user-agent
    x-device-user-agent device-stock-ua x-device-stock-ua x-ucbrowser-ua x-ucbrowser-device
    x-ucbrowser-device-ua x-ucbrowser-phone x-ucbrowser-phone-ua x-bolt-phone-ua x-skyfire-phone
    x-puffin-ua q-ua baidu-flyflow ua-os ua-cpu ua-pixels ua-color x-wap-profile wap-profile
    x-wap-profile-diff x-att-deviceid x-device-accept-language x-up-devcap-screenpixels
    x-jphone-display
""".split()

CARRIER_TRACKING = """
    x-uidh x-acr x-vf-acr x-amobee-1 x-amobee-2 tm-user-id msisdn x-msisdn http-msisdn y-msisdn
    i-msisdn imsisdn x-bam-msisdn x-fh-msisdn x-h3g-msisdn x-msp-msisdn x-wte-msisdn x-nokia-msisdn
    x-wap-msisdn x-wap-network-client-msisdn mscope-msisdn user-identity-forward-msisdn
    x-up-calling-line-id nokia-callinglineid x-up-subno x-up-subscriber-cos x-hts-clid x-hts_clid
    x-jinny-cid x-network-info x-imsi x-imei x-mdn x-wap-clientid x-orange-id x-huawei-userid
    x-jphone-uid x-dcmguid x-em-uid rim-device-id x-nokia-gateway-id x-mobile-gateway x-carrier-magic
    x-piper-id x-called-station-id x-user-location-info x-rat-type
""".split()

CLIENT_HINTS_HIGH_ENTROPY = """
    sec-ch-ua-arch sec-ch-ua-bitness sec-ch-ua-form-factors sec-ch-ua-full-version
    sec-ch-ua-full-version-list sec-ch-ua-model sec-ch-ua-platform-version sec-ch-ua-wow64
    sec-ch-prefers-color-scheme sec-ch-prefers-reduced-motion sec-ch-prefers-reduced-transparency
    sec-ch-device-memory sec-ch-dpr sec-ch-width sec-ch-viewport-width sec-ch-viewport-height
    device-memory dpr width viewport-width rtt downlink ect sec-ch-lang sec-ch-ua-lang
""".split()

AMBIGUOUS = "clientid profile userip x-city x-coming-from x-country x-country-code x-ip x-region".split()
"""Masked only where the policy declares whose they are."""
