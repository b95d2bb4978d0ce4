using System.Text;
using CsCheck;
using Lazuli.Contracts;
using Lazuli.Licensing;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Lazuli.Platform.Tests;

public sealed class ApiKeyTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 6, 0, 0, TimeSpan.Zero));
    private readonly LazuliDatabase _database;
    private readonly IApiKeyStore _store;

    public ApiKeyTests()
    {
        _database = LazuliDatabase.Open(_home["lazuli.db"], TimeSpan.FromSeconds(5), _time);
        _store = new LicensingRoom(_database, _time).Keys;
    }

    public void Dispose()
    {
        _database.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task A_new_key_is_found_by_its_text_alone()
    {
        CreatedApiKey made = await _store.CreateAsync("laptop", "demo", default);
        Assert.Matches("^lzk_[0-9A-Za-z]{46}$", made.Key);
        Assert.Equal(made.Record, await _store.FindAsync(made.Key, default));
        Assert.Equal("laptop", made.Record.Label);
        Assert.Equal("demo", made.Record.Project);
        Assert.Equal(_time.GetUtcNow(), made.Record.CreatedAt);
    }

    [Fact]
    public async Task The_record_shows_only_the_ends_of_the_key()
    {
        CreatedApiKey made = await _store.CreateAsync("x", "default", default);
        Assert.Equal($"{made.Key[..6]}****{made.Key[^4..]}", made.Record.Redacted);
        Assert.Equal("key_" + made.Key.Substring(4, 10), made.Record.Id);
    }

    [Fact]
    public async Task The_text_of_a_key_is_nowhere_in_the_home_folder()
    {
        CreatedApiKey made = await _store.CreateAsync("x", "default", default);
        byte[] secret = Encoding.ASCII.GetBytes(made.Key.Substring(14, 30));
        foreach (string file in Directory.EnumerateFiles(_home.Path, "*", SearchOption.AllDirectories))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var content = new MemoryStream();
            await stream.CopyToAsync(content);
            Assert.Equal(-1, content.ToArray().AsSpan().IndexOf(secret));
        }
    }

    [Fact]
    public async Task A_revoked_key_is_found_no_more_and_stays_listed()
    {
        CreatedApiKey made = await _store.CreateAsync("x", "default", default);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await _store.RevokeAsync(made.Record.Id, default));
        DateTimeOffset revokedAt = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await _store.RevokeAsync(made.Record.Id, default));
        Assert.Null(await _store.FindAsync(made.Key, default));
        Assert.Equal(revokedAt, Assert.Single(await _store.ListAsync(default)).RevokedAt);
    }

    [Fact]
    public async Task Revoking_an_unknown_key_says_so() => Assert.False(await _store.RevokeAsync("key_0000000000", default));

    [Fact]
    public async Task Keys_are_listed_newest_first()
    {
        foreach (string label in (string[])["a", "b", "c"])
        {
            await _store.CreateAsync(label, "default", default);
        }

        Assert.Equal(["c", "b", "a"], (await _store.ListAsync(default)).Select(key => key.Label));
    }

    [Fact]
    public async Task A_well_formed_key_that_was_never_made_is_not_found()
    {
        await _store.CreateAsync("x", "default", default);
        Assert.Null(await _store.FindAsync(ApiKeyText.Create().Text, default));
    }

    [Fact]
    public async Task A_key_with_a_known_id_and_another_secret_is_not_found()
    {
        CreatedApiKey made = await _store.CreateAsync("x", "default", default);
        string other = made.Key[..^7] + (made.Key[^7] == 'A' ? 'B' : 'A') + made.Key[^6..];
        Assert.False(ApiKeyText.TryParse(other, out _));

        // With the checksum repaired, only the hash is left to refuse it.
        string forged = Enumerable.Range(0, 1).Select(_ => ApiKeyText.Create().Text).Single();
        await _database.WriteAsync(t => t.Execute("UPDATE api_keys SET id = @id", new { id = "key_" + forged.Substring(4, 10) }), default);
        Assert.Null(await _store.FindAsync(forged, default));
    }

    [Fact]
    public void Any_single_changed_character_breaks_the_checksum()
    {
        string key = ApiKeyText.Create().Text;
        Assert.True(ApiKeyText.TryParse(key, out _));
        for (int i = 0; i < key.Length; i++)
        {
            string changed = key[..i] + (key[i] == 'x' ? 'y' : 'x') + key[(i + 1)..];
            Assert.False(ApiKeyText.TryParse(changed, out _), $"character {i}");
        }
    }

    [Fact]
    public void No_random_text_is_a_key() => Gen.String.Sample(text => !ApiKeyText.TryParse(text, out _));

    [Fact]
    public async Task A_malformed_key_never_reaches_the_database()
    {
        _database.Dispose(); // any look-up would now throw
        foreach (string bad in (string[])["", "lzk_", "sk-abc", new string('x', 50), "lzk_" + new string('é', 46)])
        {
            Assert.Null(await _store.FindAsync(bad, default));
        }
    }

    [Fact]
    public void A_key_never_prints_itself()
    {
        ApiKeyText key = ApiKeyText.Create();
        Assert.DoesNotContain(key.Text, $"{key}", StringComparison.Ordinal);
    }
}
