package io.overlaybd.testing.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A CA of its own and what it signed, made once per VM by the JDK's {@code keytool}: a server at {@code 127.0.0.1}, {@code
 * 127.0.0.2} and {@code localhost}; a server of a wrong name; a client; a signer of tokens. Immutable.
 */
public final class TestCertificates {

    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final long KEYTOOL_SECONDS = 60;
    private static TestCertificates shared;

    private final Path folder;
    private final KeyStore store;

    private TestCertificates(Path folder) throws IOException, GeneralSecurityException {
        this.folder = folder;
        Path file = folder.resolve("all.p12");
        generate(file, "ca", "EC", "-ext", "bc:c");
        generate(file, "server", "EC", "-signer", "ca", "-ext", "san=ip:127.0.0.1,ip:127.0.0.2,dns:localhost");
        generate(file, "wrong", "EC", "-signer", "ca", "-ext", "san=dns:another.test");
        generate(file, "client", "EC", "-signer", "ca");
        generate(file, "tokens", "RSA");
        this.store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
    }

    /** The certificates of this VM; their folder is deleted when it ends. */
    public static synchronized TestCertificates shared() {
        if (shared == null) {
            try {
                Path folder = Files.createTempDirectory("test-certificates");
                Runtime.getRuntime().addShutdownHook(new Thread(() -> TempFolders.delete(folder)));
                shared = new TestCertificates(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
        return shared;
    }

    private static void generate(Path store, String alias, String algorithm, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                algorithm,
                "-dname",
                "CN=" + alias,
                "-validity",
                "30",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD)));
        command.addAll(List.of(more));
        Path log = store.resolveSibling("keytool.log");
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!keytool.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new IOException("keytool failed: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool ran", e);
        } finally {
            keytool.destroyForcibly();
        }
    }

    /** A TLS server with the right names. */
    public SSLContext server() {
        return context("server");
    }

    /** A TLS server whose certificate is of another host. */
    public SSLContext wrongName() {
        return context("wrong");
    }

    private SSLContext context(String alias) {
        try {
            KeyStore one = KeyStore.getInstance("PKCS12");
            one.load(null, null);
            one.setKeyEntry(alias, store.getKey(alias, PASSWORD), PASSWORD, store.getCertificateChain(alias));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(one, PASSWORD);
            KeyStore ca = KeyStore.getInstance("PKCS12");
            ca.load(null, null);
            ca.setCertificateEntry("ca", store.getCertificate("ca"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(ca);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** PEM file of the CA that signed the servers and the client. */
    public Path caFile() {
        return chainFile("ca");
    }

    /** PEM file of a client's certificate. */
    public Path clientCertFile() {
        return chainFile("client");
    }

    /** PEM file (PKCS#8) of the client's key. */
    public Path clientKeyFile() {
        return write("client.key", pem("PRIVATE KEY", key("client").getEncoded()));
    }

    /** PEM file of the certificate that belongs to {@link #tokenKey()}. */
    Path tokenCertFile() {
        return chainFile("tokens");
    }

    PrivateKey tokenKey() {
        return key("tokens");
    }

    Certificate tokenCertificate() {
        try {
            return store.getCertificate("tokens");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private PrivateKey key(String alias) {
        try {
            return (PrivateKey) store.getKey(alias, PASSWORD);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path chainFile(String alias) {
        StringBuilder text = new StringBuilder();
        try {
            for (Certificate certificate : store.getCertificateChain(alias)) {
                text.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        return write(alias + ".pem", text.toString());
    }

    private static String pem(String kind, byte[] der) {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
    }

    private synchronized Path write(String name, String text) {
        try {
            return Files.writeString(folder.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
