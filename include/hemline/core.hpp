// Spans, errors, the version check, handles, options and progress. Part of hemline.hpp.
// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef HEMLINE_CORE_HPP
#define HEMLINE_CORE_HPP

#include "../hemline.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

// A compiler that was told to do without exceptions says so.
#if !defined(HEMLINE_NO_EXCEPTIONS) && !defined(__cpp_exceptions) && !defined(_CPPUNWIND)
#define HEMLINE_NO_EXCEPTIONS
#endif

// Two inline namespaces, so that translation units of one program may choose differently.
#ifdef HEMLINE_NO_EXCEPTIONS
#define HEMLINE_INLINE_NAMESPACE with_results
#else
#define HEMLINE_INLINE_NAMESPACE with_exceptions
#include <exception>
#endif

namespace hemline {
inline namespace HEMLINE_INLINE_NAMESPACE {

/// A pointer and a count: std::span of C++20, as far as hemline needs it, and converted from and to it. The same in every
/// version of C++, so that translation units of one program may differ there too.
template <class T> class span {
    // Containers whose elements are T, up to const: those that std::span takes.
    template <class Container>
    using IfContainer = std::enable_if_t<
        std::is_convertible_v<std::remove_pointer_t<decltype(std::declval<Container &>().data())> (*)[], T (*)[]> &&
        std::is_convertible_v<decltype(std::declval<Container &>().size()), std::size_t>>;

public:
    constexpr span() noexcept = default;
    constexpr span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}
    template <std::size_t N> constexpr span(T (&array)[N]) noexcept : span(array, N) {}
    template <class Container, class = IfContainer<Container>>
    constexpr span(Container &&container) : span(container.data(), container.size())
    {
    }

    constexpr T *data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr bool empty() const noexcept { return size_ == 0; }
    constexpr T &operator[](std::size_t index) const { return data_[index]; }
    constexpr T *begin() const noexcept { return data_; }
    constexpr T *end() const noexcept { return data_ + size_; }

private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

/// Shows an array of packed elements, such as std::vector<std::array<float, 3>> or a vector of float3 structs, as the
/// numbers that they consist of.
template <class Number = float, class Container> auto flat(Container &&container)
{
    using Element = std::remove_reference_t<decltype(*container.data())>;
    static_assert(std::is_trivially_copyable_v<Element> && sizeof(Element) % sizeof(Number) == 0 &&
                      alignof(Element) >= alignof(Number),
                  "the elements must be packed numbers of the type");
    using Shown = std::conditional_t<std::is_const_v<Element>, const Number, Number>;
    return span<Shown>(reinterpret_cast<Shown *>(container.data()),
                       container.size() * (sizeof(Element) / sizeof(Number)));
}

/// Status of an Error that says that library and header do not belong together. No library returns it.
inline constexpr HemStatus wrong_version = static_cast<HemStatus>(-1);

/// Why a call failed: the status, and which argument, which element, what was found, what was expected.
class Error : public std::runtime_error {
public:
    Error(HemStatus status, const std::string &text) : std::runtime_error(text), status_(status) {}
    HemStatus status() const noexcept { return status_; }

private:
    HemStatus status_;
};

/// A value, or the Error for want of it. Asking for the one that is not there ends the program.
template <class T> class [[nodiscard]] Result {
public:
    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}
    explicit operator bool() const noexcept { return content_.index() == 0; }
    T &value() & { return *present(std::get_if<0>(&content_)); }
    const T &value() const & { return *present(std::get_if<0>(&content_)); }
    T &&value() && { return std::move(*present(std::get_if<0>(&content_))); }
    T &operator*() & { return value(); }
    const T &operator*() const & { return value(); }
    T &&operator*() && { return std::move(*this).value(); }
    T *operator->() { return &value(); }
    const T *operator->() const { return &value(); }
    const Error &error() const { return *present(std::get_if<1>(&content_)); }

private:
    template <class P> static P *present(P *content)
    {
        if (content == nullptr)
            std::abort();
        return content;
    }
    std::variant<T, Error> content_;
};

/// Success, or an Error.
template <> class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}
    explicit operator bool() const noexcept { return !error_; }
    const Error &error() const
    {
        if (!error_)
            std::abort();
        return *error_;
    }

private:
    std::optional<Error> error_;
};

/// What every function returns: T itself where errors are thrown, else Result<T>.
#ifdef HEMLINE_NO_EXCEPTIONS
template <class T> using Returns = Result<T>;
#else
template <class T> using Returns = T;
#endif

/// How far a long call is, and its cancellation. Pass its address; one call at a time uses it. Once cancelled it stays so.
class Progress {
public:
    Progress() : Progress(nullptr) {}
    /// `report` is told a fraction that rises to 1, on the calling thread, and answers whether to go on. What it throws comes
    /// out of the call; with HEMLINE_NO_EXCEPTIONS it ends the program.
    explicit Progress(std::function<bool(float)> report) : report_(std::move(report))
    {
        static_assert(sizeof cancelled_ == sizeof(std::int32_t) && decltype(cancelled_)::is_always_lock_free,
                      "the library reads the flag as int32_t");
        c_.struct_size = sizeof c_;
        c_.callback = report_ ? on_report : nullptr;
        c_.user_data = this;
        c_.cancel_flag = reinterpret_cast<const std::int32_t *>(&cancelled_);
    }
    Progress(const Progress &) = delete;
    Progress &operator=(const Progress &) = delete;

    /// Asks the call to stop: it ends with HEM_CANCELLED, its outputs untouched. From any thread.
    void cancel() noexcept { cancelled_ = 1; }
    const HemProgress *get() const noexcept { return &c_; }

    /// Throws what `report` threw; a wrapped call does it by itself.
    void rethrow()
    {
#ifndef HEMLINE_NO_EXCEPTIONS
        if (thrown_)
            std::rethrow_exception(std::exchange(thrown_, nullptr));
#endif
    }

private:
    static std::int32_t on_report(float fraction, void *user_data) noexcept
    {
        auto &self = *static_cast<Progress *>(user_data);
#ifdef HEMLINE_NO_EXCEPTIONS
        return self.report_(fraction) ? 0 : 1;
#else
        // An exception must not cross the library.
        try {
            return self.report_(fraction) ? 0 : 1;
        } catch (...) {
            self.thrown_ = std::current_exception();
            return 1;
        }
#endif
    }

    std::function<bool(float)> report_;
    std::atomic<std::int32_t> cancelled_{0};
    HemProgress c_{};
#ifndef HEMLINE_NO_EXCEPTIONS
    std::exception_ptr thrown_;
#endif
};

namespace detail {

inline std::optional<Error> version_error()
{
    static const std::uint32_t found = hem_abi_version();
    if (found == HEM_ABI_VERSION)
        return std::nullopt;
    return Error(wrong_version,
                 "the hemline library (version " + std::string(hem_version_string()) + ") has ABI " +
                     std::to_string(found) + ", but this program was compiled with a header of ABI " +
                     std::to_string(HEM_ABI_VERSION) +
                     ": install the library that belongs to the header, or compile with the library's own header");
}

/// One call of the library: lengths that contradict each other, then the version, then the call itself.
class Call {
public:
    explicit Call(Progress *progress = nullptr) noexcept : progress_(progress) {}

    void require_multiple(const char *name, std::size_t found, std::size_t width)
    {
        if (width == 0 || found % width != 0)
            refuse(name, found, "a multiple of " + std::to_string(width));
    }
    void require_triples(const char *name, std::size_t found) { require_multiple(name, found, 3); }
    void require_length(const char *name, std::size_t found, std::size_t expected)
    {
        if (found != expected)
            refuse(name, found, std::to_string(expected));
    }
    /// For what may be left out, by an empty span.
    void allow_length(const char *name, std::size_t found, std::size_t expected)
    {
        if (found != 0)
            require_length(name, found, expected);
    }

    /// What the library reports to, or NULL.
    const HemProgress *progress() const noexcept { return progress_ == nullptr ? nullptr : progress_->get(); }

    template <class Function> void run(Function &&function)
    {
        if (!error_)
            error_ = version_error();
        if (error_)
            return;
        const HemStatus status = function();
        if (status == HEM_OK)
            return;
        error_.emplace(status, hem_last_error_message());
        if (progress_ != nullptr)
            progress_->rethrow();
    }

    /// Runs `function(out)`, which makes a handle. Its owner takes `details` along.
    template <class Owner, class Function, class... Details>
    Returns<Owner> make(Function &&function, Details... details)
    {
        decltype(Owner().get()) made = nullptr;
        run([&] { return function(&made); });
        return give(Owner(made, details...));
    }

    /// The result, or the error in the way of HEMLINE_NO_EXCEPTIONS.
    template <class T> Returns<std::decay_t<T>> give(T &&value)
    {
        if (error_)
            return fail<std::decay_t<T>>();
        return std::forward<T>(value);
    }
    Returns<void> give()
    {
        if (error_)
            return fail<void>();
        return Returns<void>();
    }

private:
    void refuse(const char *name, std::size_t found, const std::string &expected)
    {
        if (!error_)
            error_.emplace(HEM_LENGTH_MISMATCH, "`" + std::string(name) + "` has " + std::to_string(found) +
                                                    " elements, expected " + expected);
    }
    template <class T> Returns<T> fail()
    {
#ifdef HEMLINE_NO_EXCEPTIONS
        return Result<T>(*std::move(error_));
#else
        throw *std::move(error_);
#endif
    }

    Progress *progress_;
    std::optional<Error> error_;
};

/// NULL for an argument that was left out.
template <class T> T *optional(span<T> given) noexcept { return given.empty() ? nullptr : given.data(); }

/// A struct that the library fills as far as its caller knows it.
template <class T> T sized() noexcept
{
    T report{};
    report.struct_size = sizeof report;
    return report;
}

} // namespace detail

/// Checks that library and header belong together. Every other function does so by itself.
inline Returns<void> check_version()
{
    detail::Call call;
    call.run([] { return HEM_OK; });
    return call.give();
}

/// The outcome of a function of hemline.h: hemline::check(hem_distances(...)).
inline Returns<void> check(HemStatus status)
{
    detail::Call call;
    call.run([status] { return status; });
    return call.give();
}

/// Owner of a handle; move-only. Empty by default and after a move; a call with an empty one is an error.
template <class Raw, void (*destroy)(Raw *)> class Handle {
public:
    Handle() noexcept = default;
    /// Takes over what a C function made.
    explicit Handle(Raw *raw) noexcept : raw_(raw) {}
    /// For C functions; the handle stays with its owner.
    Raw *get() noexcept { return raw_.get(); }
    const Raw *get() const noexcept { return raw_.get(); }
    /// Gives the handle away: the caller destroys it.
    Raw *release() noexcept { return raw_.release(); }
    explicit operator bool() const noexcept { return raw_ != nullptr; }

private:
    struct Destroy {
        void operator()(Raw *raw) const noexcept { destroy(raw); }
    };
    std::unique_ptr<Raw, Destroy> raw_;
};

/// An options struct of hemline.h with its defaults. With a library of another ABI it stays zero; the call that takes it then
/// says so.
template <class Struct, HemStatus (*init)(Struct *)> struct Options : Struct {
    Options() : Struct{}
    {
        if (!detail::version_error())
            init(this);
    }
};

} // namespace HEMLINE_INLINE_NAMESPACE
} // namespace hemline

#endif
