using System.Security.Cryptography;
using System.Text;
using Lazuli.Storage;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>The key that seals endpoints' secrets in the database (AES-256-GCM), in a file that only its owner reads: a copy of the database alone signs nothing.</summary>
/// <remarks>Thread-safe. The key is read, or made, when it is first needed.</remarks>
internal sealed class WebhookKeyFile(LazuliHome home, IOptions<WebhookOptions> options)
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly Lock _opening = new();
    private byte[]? _key;

    private string FilePath => options.Value.KeyFile is { Length: > 0 } given ? given : Path.Combine(home.KeysFolder, "webhooks.key");

    /// <summary>The key's name: of no use without it. Null where there is no key file yet.</summary>
    public string? FindName() => _key is not null || File.Exists(FilePath) ? Name : null;

    /// <summary>The key's name; makes the key where there is none.</summary>
    public string Name => Convert.ToHexStringLower(SHA256.HashData([.. "lazuli webhooks "u8, .. Key()]))[..16];

    /// <summary>Seals a secret for one endpoint.</summary>
    public byte[] Seal(WebhookSecret secret, string endpoint)
    {
        byte[] plain = secret.Bytes.ToArray();
        byte[] result = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(Key(), TagBytes);
        cipher.Encrypt(result.AsSpan(0, NonceBytes), plain, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), Encoding.UTF8.GetBytes(endpoint));
        CryptographicOperations.ZeroMemory(plain);
        return result;
    }

    /// <summary>Opens it again.</summary>
    /// <exception cref="CryptographicException">It was sealed with another key, for another endpoint, or changed.</exception>
    public WebhookSecret Open(byte[] sealedSecret, string endpoint)
    {
        if (sealedSecret.Length <= NonceBytes + TagBytes)
        {
            throw new CryptographicException($"A sealed secret of {sealedSecret.Length} bytes is too short.");
        }

        byte[] plain = new byte[sealedSecret.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(Key(), TagBytes);
        cipher.Decrypt(
            sealedSecret.AsSpan(0, NonceBytes), sealedSecret.AsSpan(NonceBytes + TagBytes), sealedSecret.AsSpan(NonceBytes, TagBytes), plain, Encoding.UTF8.GetBytes(endpoint));
        return WebhookSecret.Of(plain);
    }

    private byte[] Key()
    {
        lock (_opening)
        {
            return _key ??= File.Exists(FilePath) ? Read(FilePath) : Make(FilePath);
        }
    }

    private static byte[] Read(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
            UnixFileMode mode = File.GetUnixFileMode(path);
            if ((mode & Others) != UnixFileMode.None)
            {
                throw new InvalidDataException($"{path}: a key that nobody else can read or write is wanted; its mode is {Convert.ToString((int)mode, 8)}. If nobody has read it: chmod 600.");
            }
        }

        byte[] key = new byte[KeyBytes];
        string text = File.ReadAllText(path, Encoding.ASCII).Trim();
        return Convert.TryFromBase64String(text, key, out int read) && read == KeyBytes
            ? key
            : throw new InvalidDataException($"{path}: {KeyBytes} bytes in base64 are wanted; found something else.");
    }

    private static byte[] Make(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        byte[] key = RandomNumberGenerator.GetBytes(KeyBytes);
        string temporary = path + ".new";
        File.Delete(temporary); // one that is there keeps its mode
        using (var file = new FileStream(temporary, options))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n"));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(temporary, path, overwrite: false);
            return key;
        }
        catch (IOException) when (File.Exists(path))
        {
            return Read(path); // another process made it meanwhile
        }
    }
}
