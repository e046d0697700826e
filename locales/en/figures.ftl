# Statistics, lists and the columns of their files
figure-as-of = As of
figure-passed = Passed
figure-tutors = Tutors
figure-student-number = Student number
figure-name = Name
figure-overall = Overall
figure-missing = Still missing
figure-waived = Waived
figure-not-bound = Not applicable
figure-not-passed = Not passed
figure-pass-rates = Pass rates
figure-college = College
figure-department = Department
figure-class = Class
figure-final-year-students = Final-year students
figure-all-requirements = All requirements
figure-total = Total
figure-requirement = Requirement
figure-state = Result
figure-earned = Earned
figure-needed = Needed
figure-why = Why
figure-parameter = Parameter
figure-since = since
figure-happened-on = Happened on
figure-category = Category
figure-record-name = Name
figure-amount = Amount
figure-counted = Counted
colon = :{" "}

# Lists
list-show = Show
list-views = Views
list-all = All
list-remaining = Not finished only
list-table = List of { $title }
list-filter = Filter
list-search = Name or student number
list-any = Any
list-lacking = Still lacking
list-all-years = Include earlier years
list-apply = Apply
list-applied = Filters applied
list-remove = Remove
list-clear = Clear all filters
list-nothing-fits = Nothing fits these filters.
list-found = { $found ->
    [one] 1 student found
   *[other] { $found } students found
}
list-page = Page { $page } of { $pages }
list-page-more = Page { $page } of more than { $pages }
list-pages = Pages
list-previous = Previous page
list-next = Next page
list-departments = Departments
list-title-department = { $title }
list-title-college = { $title }
list-title-requirement = Not passed: { $title }
list-summary-department = Of { $all } final-year students, { $passed } have passed everything and { $missing } have not finished.
list-summary-college = Of { $all } final-year students, { $passed } have passed everything and { $missing } have not finished.
list-summary-requirement = It binds { $all } students: { $passed } have passed, { $missing } have not.
list-nobody = On this day there are no students whom the thresholds bind.
list-empty = No student here is bound by a threshold. Once students and classes are imported, those who are bound are listed.
list-none-fit = No student fits these filters; remove one above and try again.
list-all-passed = Everyone has passed; nobody needs a reminder.
list-filter-remaining = Not finished only
list-filter-search = “{ $text }”
list-filter-lacking = Lacking { $title }
list-filter-all-years = Earlier years included

# Classes and rosters
class-summary = The thresholds bind { $bound }: { $passed } have passed everything, { $missing } have not finished.
class-nobody-bound = The thresholds bind nobody in this class.
class-lacking = Students who lack it
class-empty = On this day nobody studies in this class.
class-all-passed = The whole class has passed.
roster-title = Roster of { $class }
roster-print = Print roster (A4)
roster-sheet = Download Excel
roster-how-to-print = Press Ctrl+P (⌘P on a Mac) to print it on A4.

# Statistics
statistics-summary = Of { $students } final-year students, { $passed } have passed everything ({ $rate }%).
statistics-lowest = {" "}The lowest rate is that of { $title } ({ $rate }%): { $missing } have not passed it.
statistics-nobody = On this day there are no final-year students whom the thresholds bind.
statistics-own = Only students within your own scope are counted.{" "}
statistics-recorded = Records up to { $day }.
statistics-by = Rows
statistics-of = Compare
statistics-finding-total = { $title } has the lowest pass rate, { $rate }%
statistics-finding-rows = { $title }: highest { $best } with { $best_rate }%, lowest { $worst } with { $worst_rate }%
statistics-finding-equal = { $title }: the same everywhere, { $rate }%
statistics-line = The line marks the rate of all together, { $rate }%.
statistics-table = Figures
statistics-count = Number
statistics-csv = Download CSV
statistics-sheet = Download Excel
statistics-few = under 5
statistics-withheld-cell = withheld
statistics-withheld = Rows of very few students show no figures, so that nobody can be recognised; the total includes them.
statistics-empty = Once students and credits are imported, the pass rates of colleges and departments are here.
statistics-all = All requirements
statistics-by-college = College
statistics-by-department = Department
statistics-by-class = Class
