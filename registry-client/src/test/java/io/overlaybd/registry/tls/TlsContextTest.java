package io.overlaybd.registry.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsContextTest {

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(TlsContextTest.class.getResource(name).toURI());
    }

    @ParameterizedTest
    @CsvSource({"rsa.pem,rsa-pkcs8.key", "rsa.pem,rsa-pkcs1.key", "ec.pem,ec-pkcs8.key", "ec.pem,ec-sec1.key"})
    void everyFormOfKeyIsRead(String certificate, String key) throws Exception {
        TlsContext.of(null, resource(certificate), resource(key), false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa-pkcs1-encrypted.key", "rsa-pkcs8-encrypted.key"})
    void encryptedKeyIsRefusedByName(String key) {
        IOException failure =
                assertThrows(IOException.class, () -> TlsContext.of(null, resource("rsa.pem"), resource(key), false));
        assertTrue(
                failure.getMessage().contains(key) && failure.getMessage().contains("is encrypted"),
                failure::getMessage);
    }

    @ParameterizedTest
    @CsvSource({"ec.pem,rsa-pkcs8.key", "rsa.pem,ec-pkcs8.key", "rsa.pem,ec-sec1.key", "rsa.pem,rsa.pem"})
    void keyOfAnotherCertificateIsRefused(String certificate, String key) {
        assertThrows(IOException.class, () -> TlsContext.of(null, resource(certificate), resource(key), false));
    }

    @Test
    void keyOfTheSameKindButAnotherCertificateIsRefused(@TempDir Path folder) throws Exception {
        Path other = folder.resolve("other.key");
        byte[] der = KeyPairGenerator.getInstance("RSA")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        Files.writeString(
                other,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(der)
                        + "\n-----END PRIVATE KEY-----\n");
        IOException failure =
                assertThrows(IOException.class, () -> TlsContext.of(null, resource("rsa.pem"), other, false));
        assertTrue(failure.getMessage().contains("not the key of"), failure::getMessage);
    }

    @Test
    void oneOfTwoFilesIsRefused() {
        assertThrows(IOException.class, () -> TlsContext.of(null, resource("rsa.pem"), null, false));
    }

    @Test
    void caFileIsTrustedBesidesTheVmsOwn() throws Exception {
        int own = TlsContext.verifying().trustManager().getAcceptedIssuers().length;
        TlsContext context = TlsContext.of(resource("rsa.pem"), null, null, false);
        assertEquals(own + 1, context.trustManager().getAcceptedIssuers().length);
    }

    @Test
    void chainIsReadInItsOrder(@TempDir Path folder) throws Exception {
        Path chain = folder.resolve("chain.pem");
        Files.writeString(
                chain,
                "# a comment\n" + Files.readString(resource("ec.pem")) + "\n" + Files.readString(resource("rsa.pem")));
        assertEquals(
                List.of("CN=client-ec", "CN=client-rsa"),
                PemFile.read(chain).certificates().stream()
                        .map(certificate ->
                                certificate.getSubjectX500Principal().getName())
                        .toList());
    }

    @Test
    void fileCutAnywhereIsAnErrorThatShowsNoKey(@TempDir Path folder) throws Exception {
        String key = Files.readString(resource("ec-sec1.key"));
        Path cut = folder.resolve("cut.key");
        for (int length = 0; length < key.length() - 1; length += 7) {
            Files.writeString(cut, key.substring(0, length));
            IOException failure =
                    assertThrows(IOException.class, () -> TlsContext.of(null, resource("ec.pem"), cut, false));
            assertFalse(failure.getMessage().contains("MHc"), failure::getMessage);
        }
    }
}
