package io.overlaybd.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {

    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @CsvSource({
        "redis, docker.io/library/redis:latest, registry-1.docker.io",
        "redis:7, docker.io/library/redis:7, registry-1.docker.io",
        "team/redis:7, docker.io/team/redis:7, registry-1.docker.io",
        "index.docker.io/redis, docker.io/library/redis:latest, registry-1.docker.io",
        "Registry.Test/a/b/c, registry.test/a/b/c:latest, registry.test",
        "localhost/x, localhost/x:latest, localhost",
        "localhost:5000/x:1.0_a, localhost:5000/x:1.0_a, localhost:5000",
        "[::1]:5000/x, [::1]:5000/x:latest, [::1]:5000",
        "[2001:db8::1]/x:t, [2001:db8::1]/x:t, [2001:db8::1]",
    })
    void everyFormIsRead(String text, String whole, String apiHost) {
        ImageReference reference = ImageReference.parse(text);
        assertEquals(whole, reference.toString());
        assertEquals(apiHost, reference.apiHost());
    }

    @Test
    void digestWinsOverTheTag() {
        ImageReference both = ImageReference.parse("r.test:1/x:tag@" + DIGEST);
        assertEquals(DIGEST, both.manifestReference());
        assertEquals("tag", both.tag().orElseThrow());
        assertEquals(
                "r.test:1/x@" + DIGEST,
                ImageReference.parse("r.test:1/x@" + DIGEST).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "x:",
                "X",
                "r.test/",
                "r.test/A",
                "r.test/a//b",
                "x@sha256:12",
                "x@",
                "user@r.test/x",
                "x:a b",
                "r.test:port/x",
                "r.test/x?y",
                "r.test/../x",
                "http://r.test/x",
                "a_.b",
                "-x",
                "r.test/x:-t"
            })
    void nonsenseIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> ImageReference.parse(text));
    }

    @Test
    void hugeTextIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ImageReference.parse("a".repeat(1 << 20)));
        assertThrows(IllegalArgumentException.class, () -> ImageReference.parse("a_".repeat(400)));
    }

    @ParameterizedTest
    @CsvSource({
        "https://r.test/v2/team/app/blobs, https://r.test, team/app, r.test",
        "https://r.test:443/v2/app/blobs/, https://r.test, app, r.test",
        "http://127.0.0.1:5000/v2/a/b/c/blobs, http://127.0.0.1:5000, a/b/c, 127.0.0.1:5000",
        "http://[::1]:5000/v2/v2/blobs/blobs, http://[::1]:5000, v2/blobs, [::1]:5000",
        "https://r.test/mirror/v2/app/blobs, https://r.test/mirror, app, r.test",
    })
    void blobsUrlNamesItsRepository(String url, String registry, String name, String host) {
        Repository repository = Repository.ofBlobsUrl(url);
        assertEquals(new Repository(registry, name), repository);
        assertEquals(host, repository.host());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "r.test/v2/app/blobs",
                "ftp://r.test/v2/app/blobs",
                "https://r.test/v2/blobs",
                "https://r.test/app",
                "https://user:hunter2@r.test/v2/app/blobs",
                "https://r.test/v2/app/blobs?x=hunter2",
                "https://r.test/v2/a%2Fb/blobs",
                "https:///v2/app/blobs"
            })
    void otherUrlsAreRefusedWithoutShowingSecrets(String url) {
        String message = assertThrows(IllegalArgumentException.class, () -> Repository.ofBlobsUrl(url))
                .getMessage();
        assertEquals(-1, message.indexOf("hunter2"), message);
    }
}
