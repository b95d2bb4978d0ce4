using System.Text;
using Lazuli.Contracts;
using Lazuli.Storage;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

public sealed class BlobStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BlobStore _blobs;

    public BlobStoreTests() => _blobs = new BlobStore(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public async Task Content_is_found_under_its_digest(string text, string digest)
    {
        Assert.Equal(new ContentDigest(digest), await WriteAsync(text));
        Assert.True(_blobs.Contains(new ContentDigest(digest)));
        Assert.Equal(text, await ReadAsync(new ContentDigest(digest)));
        Assert.True(File.Exists(_folder[$"sha256/{digest[7..9]}/{digest[7..]}"]));
    }

    [Fact]
    public async Task The_same_content_twice_is_one_file()
    {
        await WriteAsync("same");
        await WriteAsync("same");
        Assert.Single(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Content_larger_than_the_buffer_comes_back_whole()
    {
        string text = string.Concat(Enumerable.Range(0, 100_000));
        Assert.Equal(text, await ReadAsync(await WriteAsync(text)));
    }

    [Fact]
    public async Task A_blob_that_is_not_there_is_null()
    {
        Assert.Null(await _blobs.OpenAsync(Samples.Digest("nothing"), default));
        Assert.False(_blobs.Contains(Samples.Digest("nothing")));
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("flipped")]
    [InlineData("longer")]
    public async Task A_damaged_blob_is_never_handed_out(string damage)
    {
        ContentDigest digest = await WriteAsync("some content");
        string path = Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Single();
        byte[] bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, damage switch
        {
            "truncated" => bytes[..^1],
            "longer" => [.. bytes, 0],
            _ => [(byte)(bytes[0] ^ 1), .. bytes[1..]],
        });
        BlobDamagedException damaged = await Assert.ThrowsAsync<BlobDamagedException>(() => _blobs.OpenAsync(digest, default));
        Assert.Equal(path, damaged.BlobPath);
        Assert.Equal(digest, damaged.Expected);
        Assert.NotEqual(digest, damaged.Found);
    }

    [Fact]
    public async Task A_source_that_fails_leaves_nothing()
    {
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _blobs.WriteAsync(new MemoryStream(new byte[10]), stopped.Token));
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("sha256:../../../../etc/passwd")]
    [InlineData("sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    public void A_malformed_digest_names_no_file(string digest) => Assert.Throws<ArgumentException>(() => _blobs.Contains(new ContentDigest(digest)));

    private Task<ContentDigest> WriteAsync(string text) => _blobs.WriteAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), default);

    private async Task<string> ReadAsync(ContentDigest digest)
    {
        await using Stream stream = (await _blobs.OpenAsync(digest, default))!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
