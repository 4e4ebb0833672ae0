package io.overlaybd.registry.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** As much of DER as it takes to wrap a traditional private key. */
final class Der {

    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int LONG_FORM = 0x80;

    private Der() {}

    /**
     * A PKCS#8 key around a PKCS#1 or SEC 1 one. What kind of key it is, and on which curve, is taken from its public key.
     *
     * <pre>
     * PrivateKeyInfo       ::= SEQUENCE { version INTEGER (0), algorithm AlgorithmIdentifier, key OCTET STRING }
     * SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, key BIT STRING }
     * </pre>
     */
    static byte[] pkcs8(byte[] subjectPublicKeyInfo, byte[] traditional) throws IOException {
        int algorithm = contentOffset(subjectPublicKeyInfo, 0);
        int algorithmEnd = endOffset(subjectPublicKeyInfo, algorithm);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(element(INTEGER, new byte[] {0}));
        content.writeBytes(Arrays.copyOfRange(subjectPublicKeyInfo, algorithm, algorithmEnd));
        content.writeBytes(element(OCTET_STRING, traditional));
        return element(SEQUENCE, content.toByteArray());
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < LONG_FORM) {
            out.write(content.length);
        } else {
            int lengthBytes = (39 - Integer.numberOfLeadingZeros(content.length)) / 8;
            out.write(LONG_FORM | lengthBytes);
            for (int i = lengthBytes - 1; i >= 0; i--) {
                out.write(content.length >>> (8 * i));
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static int contentOffset(byte[] der, int at) throws IOException {
        int first = byteAt(der, at + 1);
        return at + 2 + (first < LONG_FORM ? 0 : first - LONG_FORM);
    }

    private static int endOffset(byte[] der, int at) throws IOException {
        int content = contentOffset(der, at);
        int length = 0;
        for (int i = at + 2; i < content; i++) {
            length = length << 8 | byteAt(der, i);
        }
        length = content == at + 2 ? byteAt(der, at + 1) : length;
        if (length < 0 || length > der.length - content) {
            throw new IOException("a public key that is cut");
        }
        return content + length;
    }

    private static int byteAt(byte[] der, int at) throws IOException {
        if (at >= der.length) {
            throw new IOException("a public key that is cut");
        }
        return der[at] & 0xff;
    }
}
