package io.overlaybd.registry.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text file of base64 blocks between {@code -----BEGIN kind-----} and {@code -----END kind-----}; what stands outside of
 * them does not count. Messages name the file, never the content. Immutable.
 */
final class PemFile {

    private static final long MAX_FILE_BYTES = 4 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----(.*?)-----END \\1-----", Pattern.DOTALL);

    private record Block(String kind, byte[] der) {}

    private final Path file;
    private final List<Block> blocks;

    private PemFile(Path file, List<Block> blocks) {
        this.file = file;
        this.blocks = blocks;
    }

    static PemFile read(Path file) throws IOException {
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new IOException(file + ": expected at most " + MAX_FILE_BYTES + " bytes, found " + Files.size(file));
        }
        List<Block> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        while (matcher.find()) {
            blocks.add(new Block(matcher.group(1), decode(file, matcher.group(1), matcher.group(2))));
        }
        return new PemFile(file, blocks);
    }

    private static byte[] decode(Path file, String kind, String text) throws IOException {
        if (text.contains(":")) {
            throw new IOException(file + ": the " + kind + " is encrypted, which is not supported");
        }
        try {
            return Base64.getMimeDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": the " + kind + " is not base64");
        }
    }

    /** All certificates, in their order; at least one. */
    List<X509Certificate> certificates() throws IOException {
        List<X509Certificate> found = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks) {
                if (block.kind().equals("CERTIFICATE")) {
                    found.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der())));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(file + ": certificate " + found.size() + " is broken", e);
        }
        if (found.isEmpty()) {
            throw new IOException(file + ": expected a PEM certificate, found none");
        }
        return found;
    }

    /** The first private key, which belongs to {@code publicKey}. */
    PrivateKey privateKey(PublicKey publicKey) throws IOException {
        for (Block block : blocks) {
            switch (block.kind()) {
                case "PRIVATE KEY" -> {
                    return decode(publicKey, block.der());
                }
                case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> {
                    return decode(publicKey, Der.pkcs8(publicKey.getEncoded(), block.der()));
                }
                case "ENCRYPTED PRIVATE KEY" ->
                    throw new IOException(file + ": the key is encrypted, which is not supported");
                default -> {
                    // Curve parameters and the certificate may stand in the same file.
                }
            }
        }
        throw new IOException(file + ": expected a PEM private key, found none");
    }

    private PrivateKey decode(PublicKey publicKey, byte[] pkcs8) throws IOException {
        try {
            return KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            // The cause may quote the key.
            throw new IOException(file + ": not a private key of the certificate's kind, " + publicKey.getAlgorithm());
        }
    }
}
