package io.overlaybd.registry;

import static io.overlaybd.registry.Clients.assertReads;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.overlaybd.testing.registry.Fault;
import io.overlaybd.testing.registry.FaultProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {

    private static String select(Proxies proxies, String url) {
        Proxy proxy = proxies.select(URI.create(url)).get(0);
        return proxy.address() instanceof InetSocketAddress address
                ? address.getHostString() + ":" + address.getPort()
                : "none";
    }

    @Test
    void schemeDecidesAndLowerCaseWins() {
        Proxies proxies = Proxies.ofEnvironment(Map.of(
                "http_proxy", "plain:3128", "HTTP_PROXY", "other:1", "HTTPS_PROXY", "http://user:pw@secure:8080/"));
        assertEquals("plain:3128", select(proxies, "http://r.test/"));
        assertEquals("secure:8080", select(proxies, "https://r.test/"));
        assertEquals("none", select(Proxies.ofEnvironment(Map.of()), "https://r.test/"));
    }

    @ParameterizedTest
    @CsvSource({
        "https://r.test/, none",
        "https://a.r.test/, none",
        "https://ar.test/, p:1",
        "https://dot.test/, p:1",
        "https://a.dot.test/, none",
        "https://port.test:5000/, none",
        "https://port.test/, p:1",
        "https://star.test/, p:1",
        "https://a.star.test/, none",
        "https://10.0.0.1/, none",
        "https://[2001:db8::1]/, none",
        "https://localhost:5000/, none",
        "https://127.0.0.3/, none",
    })
    void exceptionsAreHonoured(String url, String expected) {
        Proxies proxies = Proxies.ofEnvironment(Map.of(
                "https_proxy",
                "p:1",
                "NO_PROXY",
                "R.test, .dot.test,port.test:5000,*.star.test,10.0.0.1,[2001:db8::1]"));
        assertEquals(expected, select(proxies, url));
    }

    @Test
    void starExceptsAll() {
        assertEquals(
                "none",
                select(Proxies.ofEnvironment(Map.of("https_proxy", "p:1", "no_proxy", "*")), "https://r.test/"));
    }

    @Test
    void nonsenseIsRefusedWithoutShowingIt() {
        IllegalArgumentException failure = assertThrows(
                IllegalArgumentException.class,
                () -> Proxies.ofEnvironment(Map.of("https_proxy", "socks5://user:hunter2@p:1")));
        assertEquals(-1, failure.getMessage().indexOf("hunter2"));
    }

    @Test
    void readGoesThroughTheProxyWithItsPassword() throws IOException {
        byte[] content = Clients.bytes(5000);
        try (FaultProxy proxy = FaultProxy.standalone("127.0.0.1");
                RegistryClient client = RegistryClient.open(Clients.options(new ManualTime())
                        .proxies(Map.of("http_proxy", "http://user:pw@" + proxy.host()))
                        .build())) {
            proxy.next(request -> true, Fault.status(407, "Proxy-Authenticate", "Basic realm=\"p\""));
            proxy.always(request -> true, new Fault.Content(content));
            assertReads(Clients.blob(client, "http://registry.test", content), content, 0, 1000);
            assertEquals(2, proxy.requests().size());
            assertEquals("registry.test", proxy.requests().get(1).host());
            assertEquals(0, proxy.count(FaultProxy.Request::isAuthorized));
        }
    }
}
