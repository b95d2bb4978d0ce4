using System.Security.Cryptography;
using System.Text.Json;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Gateway;

/// <summary>One call of the admin API: who makes it, what it may see, and the audit entry that comes before what it changes.</summary>
internal sealed class AdminCall
{
    private const int LongestAsked = 2_000;
    private readonly HttpContext _context;

    private AdminCall(HttpContext context, Actor actor)
    {
        _context = context;
        Actor = actor;
    }

    /// <summary>Who calls.</summary>
    public Actor Actor { get; }

    /// <summary>For which party; null for the installation's own people, who act for all.</summary>
    public PartyId? Party => Actor.Party;

    /// <summary>How endpoints come by it.</summary>
    public static ValueTask<AdminCall> BindAsync(HttpContext context) => ValueTask.FromResult(new AdminCall(context, AdminAuthentication.ActorOf(context)));

    /// <summary>Whether the caller acts for one of these parties.</summary>
    public bool ActsFor(params ReadOnlySpan<PartyId> parties) => Party is not { } own || parties.Contains(own);

    /// <summary>Refuses unless the caller acts for one of these parties.</summary>
    /// <exception cref="AdminRefusedException">It does not.</exception>
    public void Require(params ReadOnlySpan<PartyId> parties)
    {
        if (!ActsFor(parties))
        {
            throw Refuse($"this is for {string.Join(" or ", parties.ToArray().Distinct().Select(party => $"'{party}'"))} to do.");
        }
    }

    /// <summary>Refuses a caller that signed in with a session: a session that opens the next would never end.</summary>
    public void RequireNoSession()
    {
        if (AdminAuthentication.IsInSession(_context))
        {
            throw new AdminRefusedException(StatusCodes.Status403Forbidden, AdminRefusals.TitleOf(StatusCodes.Status403Forbidden), "A session does not open another; sign in with a token.");
        }
    }

    /// <summary>The refusal of what is not the caller's party's.</summary>
    public AdminRefusedException Refuse(string reason) => new(StatusCodes.Status403Forbidden, AdminRefusals.TitleOf(StatusCodes.Status403Forbidden), $"'{Actor.Name}' acts for '{Party}'; {reason}");

    /// <summary>Makes a change of money, or of who is told of it. Its audit entry is written before it, in the other database: without the entry there is no change, and what the books refuse gets a second entry that says so.</summary>
    /// <param name="action">What, e.g. <c>invoice.pay</c>.</param>
    /// <param name="subject">To what.</param>
    /// <param name="asked">What was asked.</param>
    /// <param name="change">The change.</param>
    public async Task<T> ChangeAsync<T>(string action, string subject, object asked, Func<CancellationToken, Task<T>> change)
    {
        IAuditLog audit = _context.RequestServices.GetRequiredService<IAuditLog>();
        CancellationToken cancel = _context.RequestAborted;
        await audit.AppendAsync(Actor, action, subject, Text(asked), reason: null, cancel).ConfigureAwait(false);
        try
        {
            return await change(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is BillingRefusedException or ArgumentException or AdminRefusedException)
        {
            await audit.AppendAsync(Actor, action + ".refused", subject, asked: null, e.Message, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary><see cref="ChangeAsync{T}"/> for a change that answers nothing.</summary>
    public async Task<Microsoft.AspNetCore.Http.HttpResults.NoContent> ChangeAsync(string action, string subject, object asked, Func<CancellationToken, Task> change) =>
        await ChangeAsync(action, subject, asked, async cancel =>
        {
            await change(cancel).ConfigureAwait(false);
            return TypedResults.NoContent();
        }).ConfigureAwait(false);

    // What is too long for an entry is named by its digest.
    private static string Text(object asked)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(asked, asked.GetType(), AdminJson.Options);
        return json.Length <= LongestAsked ? System.Text.Encoding.UTF8.GetString(json) : $$"""{"sha256":"{{Convert.ToHexStringLower(SHA256.HashData(json))}}"}""";
    }
}
