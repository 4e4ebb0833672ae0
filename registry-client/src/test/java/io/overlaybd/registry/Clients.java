package io.overlaybd.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.overlaybd.registry.RegistryException.Kind;
import io.overlaybd.registry.credential.CredentialProvider;
import io.overlaybd.registry.credential.CredentialQuery;
import io.overlaybd.registry.credential.Credentials;
import io.overlaybd.registry.manifest.Digest;
import io.overlaybd.testing.registry.DockerRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.function.Executable;

/** What the tests of this module have in common. */
final class Clients {

    static final CredentialProvider ALICE =
            provider(Credentials.password(DockerRegistry.USER, DockerRegistry.PASSWORD));

    private Clients() {}

    static RegistryOptions.Builder options(ManualTime time) {
        return RegistryOptions.builder()
                .proxies(Map.of())
                .timeouts(Duration.ofSeconds(5), Duration.ofSeconds(5))
                .time(time);
    }

    static CredentialProvider provider(Credentials credentials) {
        return new CredentialProvider() {
            @Override
            public String name() {
                return "cred.json";
            }

            @Override
            public Credentials find(CredentialQuery query) {
                return credentials;
            }
        };
    }

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static RegistryBlob blob(RegistryClient client, String registryUrl, byte[] content) {
        return client.blob(new Repository(registryUrl, "team/app"), Digest.of(content), -1);
    }

    /** Reads a range and compares it, and the length, with the content. */
    static void assertReads(RegistryBlob blob, byte[] content, int offset, int length) throws IOException {
        ByteBuffer dst = ByteBuffer.allocateDirect(length + 20).position(10).limit(10 + length);
        assertEquals(content.length, blob.fetch(offset, dst));
        int end = Math.min(content.length, offset + length);
        byte[] expected = offset >= end ? new byte[0] : Arrays.copyOfRange(content, offset, end);
        assertEquals(10 + expected.length, dst.position());
        assertEquals(10 + length, dst.limit());
        assertEquals(ByteBuffer.wrap(expected), dst.flip().position(10));
    }

    static RegistryException assertFails(Kind kind, Executable what) {
        RegistryException failure = assertThrows(RegistryException.class, what);
        assertEquals(kind, failure.kind(), failure::getMessage);
        return failure;
    }
}
