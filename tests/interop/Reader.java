// Prints the SHA-256 of the text of a gzip file: java Reader.java FILE

import java.io.BufferedInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;

public class Reader {
    public static void main(String[] args) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] buffer = new byte[1 << 16];
        try (var in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(Path.of(args[0]))))) {
            for (int n; (n = in.read(buffer)) > 0; ) {
                digest.update(buffer, 0, n);
            }
        }
        System.out.println(HexFormat.of().formatHex(digest.digest()));
    }
}
